"""Proposes candidates with Optuna: one JSON object a line, asked on standard input."""

import json
import os
import sys

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # What libraries print goes to the errors.


def answer(**message):
    answers.write(json.dumps(message) + "\n")
    answers.flush()


def make_sampler(optuna, name, seed):
    if name == "tpe":
        return optuna.samplers.TPESampler(seed=seed, multivariate=True)
    if name == "cma-es":
        return optuna.samplers.CmaEsSampler(seed=seed)
    return optuna.samplers.GPSampler(seed=seed)


def distribution(optuna, dimension):
    kind, low, high = dimension["kind"], dimension.get("low"), dimension.get("high")
    if kind == "choices":
        return optuna.distributions.CategoricalDistribution(dimension["choices"])
    if kind == "ordered":
        return optuna.distributions.IntDistribution(0, len(dimension["choices"]) - 1)
    return optuna.distributions.FloatDistribution(low, high, log=kind == "log")


class Search:
    def __init__(self, start):
        import optuna

        self.optuna = optuna
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        import warnings

        warnings.simplefilter("ignore")
        self.distributions = {d["name"]: distribution(optuna, d) for d in start["dimensions"]}
        self.study = optuna.create_study(
            sampler=make_sampler(optuna, start["sampler"], start["seed"]),
            direction="maximize", storage=start.get("storage"), study_name=start["study"],
            load_if_exists=True)
        self.trials = {}
        self.finished = set()
        for trial in self.study.get_trials(deepcopy=False):
            number = trial.user_attrs.get("candidate")
            if number is not None:
                self.trials[number] = trial.number
                if trial.state.is_finished():
                    self.finished.add(number)

    def tell(self, result):
        number, state = result["number"], result["state"]
        if number in self.finished:
            return
        self.finished.add(number)
        states = self.optuna.trial.TrialState
        if number not in self.trials:
            # The preset, which was not asked for.
            if state == "complete":
                self.study.add_trial(self.optuna.trial.create_trial(
                    params=dict(zip(self.distributions, result["values"])), value=result["score"],
                    distributions=self.distributions, user_attrs={"candidate": number}))
            return
        if state == "complete":
            self.study.tell(self.trials[number], result["score"])
        else:
            self.study.tell(
                self.trials[number],
                state=states.PRUNED if state == "stopped" else states.FAIL)

    def ask(self, number):
        trial = self.study.ask(self.distributions)
        trial.set_user_attr("candidate", number)
        self.trials[number] = trial.number
        return [trial.params[name] for name in self.distributions]


def main():
    search = None
    for line in sys.stdin:
        message = json.loads(line)
        try:
            if search is None:
                search = Search(message)
                answer(version=search.optuna.__version__)
            else:
                for result in message["tell"]:
                    search.tell(result)
                answer(values=search.ask(message["ask"]))
        except ModuleNotFoundError as error:
            answer(missing=error.name)
        except Exception as error:
            answer(error=f"{type(error).__name__}: {error}".replace("\n", " "))


main()

"""Steps Gymnasium environments for the process that started this one.

Descriptor 3 is one end of a Unix socket pair, descriptor 4 a file that both processes map. Numbers lie
in the file; the socket says whose turn it is. A message is a single byte, `s` (step all rows) or `p`
(step the rows that are marked), or a line that holds a JSON object. Every message is answered by one:
`s` after a step, a line otherwise, and a line {"error": …} in place of either where something fails.
The process ends when the other end of the socket is closed.
"""

import os
import sys

CHANNEL, MEMORY = 3, 4

# What environments print must not mix with the results that the other process prints.
os.dup2(2, 1)
# Else an import of mpi4py joins the job of the other process and waits for it for ever.
for name in [n for n in os.environ if n.startswith(("OMPI_", "PMIX_", "PMI_"))]:
    del os.environ[name]
# Before NumPy is imported: every worker has a core of its own, and no more.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import base64
import faulthandler
import importlib
import json
import mmap
import select
import signal
import threading
import traceback

# Ctrl-C is for the other process to handle.
signal.signal(signal.SIGINT, signal.SIG_IGN)
faulthandler.enable()


class Refusal(Exception):
    """What this worker cannot do, as a sentence; `kind` tells the other process which it is."""

    def __init__(self, sentence, kind="unsupported", **details):
        super().__init__(sentence)
        self.details = {"error": sentence, "kind": kind, **details}


# Messages


def exit_with_the_other_process():
    """Ends this process when the other one is gone, also while an environment hangs in a step."""
    poll = select.poll()
    poll.register(CHANNEL, 0)
    while not any(events & (select.POLLHUP | select.POLLERR) for _, events in poll.poll()):
        pass
    os._exit(0)


def receive():
    """The next message: a byte, or the object of a line."""
    try:
        text = os.read(CHANNEL, 1)
        while text[:1] == b"{" and text[-1:] != b"\n":
            more = os.read(CHANNEL, 1 << 16)
            text = text + more if more else b""
    except ConnectionResetError:
        text = b""
    if not text:
        os._exit(0)
    return text if text in (b"s", b"p") else json.loads(text)


def send(message):
    data = memoryview(json.dumps(message).encode() + b"\n")
    while data:
        data = data[os.write(CHANNEL, data) :]


def failure(error, **details):
    """What is told of an error that an environment raised, and where it did."""
    if isinstance(error, Refusal):
        return {**error.details, **details}
    frames = traceback.extract_tb(error.__traceback__)
    # The lines of this program are of no use to the author of an environment.
    frames = [frame for frame in frames if frame.filename != "<string>"]
    place = f"{os.path.basename(frames[-1].filename)}, line {frames[-1].lineno}" if frames else None
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    sentence = f"{type(error).__name__}: {error}".rstrip(": ")
    return {
        "error": sentence, "kind": "raised", "place": place, "traceback": "".join(lines), **details,
    }


# Spaces


def bounds(space):
    """The bounds of a box: a number where all are equal, null where there is none."""

    def told(numbers):
        numbers = [float(n) for n in np.asarray(numbers).reshape(-1).tolist()]
        finite = [n if abs(n) < 3.4028235e38 else None for n in numbers]
        return finite[0] if all(n == finite[0] for n in finite) else finite

    return {"lowest": told(space.low), "highest": told(space.high)}


def kind(space):
    """The name of a space's type; that of Gymnasium's for types derived from those."""
    names = [base.__name__ for base in type(space).__mro__]
    known = ("Box", "Discrete", "MultiDiscrete", "MultiBinary", "Dict", "Tuple")
    return next((name for name in names if name in known), names[0])


def children(space):
    spaces = space.spaces
    return list(spaces.items()) if kind(space) == "Dict" else list(enumerate(spaces))


def observation_parts(space, name=""):
    """The parts of an observation, in order, and for each how its numbers are found."""
    what = kind(space)
    if what in ("Dict", "Tuple"):
        parts = []
        for key, child in children(space):
            for part, look in observation_parts(child, f"{name}.{key}" if name else str(key)):
                parts.append((part, lambda value, key=key, look=look: look(value[key])))
        return parts
    if what == "Box":
        shape = tuple(space.shape)
        element = "uint8" if str(space.dtype) == "uint8" else "float32"
        part = {"name": name, "shape": list(shape) or [1], "element": element, **bounds(space)}
        return [(part, lambda value: checked(value, shape, name))]
    part = {"name": name, "element": "float32", "lowest": 0, "highest": 1}
    if what == "Discrete":
        count, start = int(space.n), int(getattr(space, "start", 0))
        return [({**part, "shape": [count]}, lambda value: one_hot([int(value) - start], [count]))]
    if what == "MultiDiscrete":
        counts = [int(n) for n in np.asarray(space.nvec).reshape(-1).tolist()]
        starts = start_of(space, len(counts))
        return [({**part, "shape": [sum(counts)]}, lambda value: one_hot(
            [int(v) - s for v, s in zip(np.asarray(value).reshape(-1).tolist(), starts)], counts))]
    if what == "MultiBinary":
        shape = tuple(space.shape)
        return [({**part, "shape": list(shape)}, lambda value: checked(value, shape, name))]
    raise Refusal(
        f"The observation space {space} cannot be used; Box, Discrete, MultiDiscrete, MultiBinary, and "
        "Dict and Tuple of these can. Wrap the environment to give one of them.")


def planes_last(part, look):
    """A part of three axes whose first is the channels, with the channels of a pixel side by side."""
    if len(part["shape"]) != 3:
        return part, look
    planes, height, width = part["shape"]

    def turn(numbers):
        return np.moveaxis(np.asarray(numbers).reshape((planes, height, width)), 0, -1).reshape(-1)

    def turned(limits):
        return turn(limits).tolist() if isinstance(limits, list) else limits

    return {
        **part, "shape": [height, width, planes], "lowest": turned(part["lowest"]),
        "highest": turned(part["highest"]),
    }, lambda value: turn(look(value))


def checked(value, shape, name):
    value = np.asarray(value)
    if value.shape != shape:
        part = f" '{name}'" if name else ""
        raise ValueError(
            f"the observation{part} has the shape {value.shape}, and its space the shape {shape}")
    return value.reshape(-1)


def one_hot(choices, counts):
    row, offset = [0.0] * sum(counts), 0
    for choice, count in zip(choices, counts):
        if not 0 <= choice < count:
            raise ValueError(f"the observation {choice} is not one of the {count} of its space")
        row[offset + choice] = 1.0
        offset += count
    return row


def start_of(space, count):
    start = getattr(space, "start", None)
    return [0] * count if start is None else [int(s) for s in np.asarray(start).reshape(-1).tolist()]


def action_parts(space, offset=0):
    """The choices or bounds of an action, and how it is made from a row of numbers."""
    what = kind(space)
    if what == "Discrete":
        start = int(getattr(space, "start", 0))
        # A Python int: many environments refuse an array of one element.
        return {"counts": [int(space.n)]}, lambda row: int(row[offset]) + start
    if what in ("MultiDiscrete", "MultiBinary"):
        if what == "MultiDiscrete":
            counts = [int(n) for n in np.asarray(space.nvec).reshape(-1).tolist()]
        else:
            counts = [2] * int(np.prod(space.shape))
        starts, shape, end = start_of(space, len(counts)), tuple(space.shape), offset + len(counts)
        return {"counts": counts}, lambda row: np.asarray(
            [int(n) + s for n, s in zip(row[offset:end].tolist(), starts)], space.dtype).reshape(shape)
    if what == "Box":
        shape, end = tuple(space.shape), offset + int(np.prod(space.shape))
        limits = bounds(space)
        for side in ("lowest", "highest"):
            if not isinstance(limits[side], list):
                limits[side] = [limits[side]] * (end - offset)
        return limits, box_action(space, shape, offset, end)
    if what in ("Dict", "Tuple"):
        return composite_action(space, offset)
    raise Refusal(
        f"The action space {space} cannot be used; Box, Discrete, MultiDiscrete, MultiBinary, and Dict "
        "and Tuple of these can. Wrap the environment to take one of them.")


def box_action(space, shape, offset, end):
    if str(space.dtype) == "float32":
        return lambda row: row[offset:end].astype(space.dtype).reshape(shape)

    def action(row):
        numbers = row[offset:end].astype("float64").reshape(shape)
        if str(space.dtype) != "float64":
            numbers = np.rint(numbers)
        # A bound that was rounded to single precision may lie outside of itself.
        return np.clip(numbers, space.low, space.high).astype(space.dtype)

    return action


def composite_action(space, offset):
    made, whole = [], {}
    for key, child in children(space):
        part, look = action_parts(child, offset)
        if whole and ("counts" in whole) != ("counts" in part):
            raise Refusal(
                f"The action space {space} mixes choices with real numbers, which one policy cannot "
                "take; wrap the environment to take either.")
        for name, numbers in part.items():
            whole[name] = whole.get(name, []) + numbers
        offset += len(part.get("counts", part.get("lowest", [])))
        made.append((key, look))
    if kind(space) == "Dict":
        return whole, lambda row: {key: look(row) for key, look in made}
    return whole, lambda row: tuple(look(row) for _, look in made)


# Environments

#: Modules that register environments whose ids begin with a namespace, and how where an import does not.
NAMESPACES = {"ALE": ("ale_py", None), "MinAtar": ("minatar.gym", "register_envs")}


def import_gymnasium():
    global gymnasium, np
    try:
        import gymnasium
        import numpy as np
    except ImportError as error:
        raise Refusal(
            f"Gymnasium cannot be imported by {sys.executable} ({error}); install it with: "
            f"{sys.executable} -m pip install gymnasium", "missing")


def register(namespace):
    if namespace not in NAMESPACES:
        return
    module, function = NAMESPACES[namespace]
    module = importlib.import_module(module)
    if function:
        getattr(module, function)()


def known_names():
    for namespace in NAMESPACES:
        try:
            register(namespace)
        except Exception:
            pass  # It is not installed; its names are then not known.
    return sorted(gymnasium.registry.keys())


def atari(name, options):
    """A game as it is usually learnt: grey, 84 x 84 pixels, the larger of the last two of four frames,
    up to 30 steps of doing nothing at first, the last four such frames as channels."""
    try:
        import cv2
    except ImportError as error:
        raise Refusal(
            f"The preprocessing of Atari games needs OpenCV ({error}); install it with: "
            f"{sys.executable} -m pip install opencv-python-headless", "missing")
    from gymnasium.wrappers import AtariPreprocessing, FrameStackObservation

    cv2.setNumThreads(1)
    if options.setdefault("frameskip", 1) != 1:
        raise Refusal("The preprocessing of Atari games skips frames itself; leave frameskip out.")
    game = gymnasium.make(name, **options)
    if not hasattr(game.unwrapped, "ale"):
        raise Refusal(
            f"{name} is no Atari game of ale-py, which the preprocessing is for; leave it out.")
    return FrameStackObservation(AtariPreprocessing(game, noop_max=30), 4)


class Worker:
    """A slice of the environments, and where their numbers lie."""

    def __init__(self, request):
        import_gymnasium()
        self.request = request
        if "id" not in request:
            send({"names": known_names()})
            return
        self.environments = [self.make()]
        # The first one was described, and never reset.
        self.is_new = True
        send(self.description(self.environments[0]))

    def make(self):
        request = self.request
        module, _, name = request["id"].rpartition(":")
        options = dict(request.get("options") or {})
        if request.get("time_limit"):
            options["max_episode_steps"] = request["time_limit"]
        try:
            if not module and "/" in name and name not in gymnasium.registry:
                register(name.split("/")[0])
            if request.get("preprocessing") == "atari":
                return atari(request["id"], options)
            return gymnasium.make(request["id"], **options)
        except gymnasium.error.UnregisteredEnv as error:
            raise Refusal(str(error), "unknown", names=known_names())
        except ModuleNotFoundError as error:
            if module and f"'{module.split('.')[0]}'" in str(error):
                raise Refusal(
                    f"The module '{module}' cannot be imported by {sys.executable}; run in its folder, "
                    "or install it.", "missing")
            raise

    def description(self, environment):
        self.parts = observation_parts(environment.observation_space)
        if self.request.get("preprocessing") or self.request.get("planes_first"):
            self.parts = [planes_last(*part) for part in self.parts]
        self.actions, self.act = action_parts(environment.action_space)
        spec = environment.spec
        return {
            "id": spec.id,
            "observations": [part for part, _ in self.parts],
            "actions": self.actions,
            "is_one_choice": kind(environment.action_space) == "Discrete",
            "time_limit": spec.max_episode_steps,
            "reward_threshold": spec.reward_threshold,
            "frames_per_second": (environment.metadata or {}).get("render_fps"),
            "versions": {
                "python": ".".join(str(n) for n in sys.version_info[:3]),
                "gymnasium": gymnasium.__version__,
                "numpy": np.__version__,
            },
        }

    def prepare(self, message):
        """Makes the environments of the slice and names the arrays of the file."""
        for environment in [] if self.is_new else self.environments:
            environment.close()
        self.environments = self.environments if self.is_new else []
        self.environments += [self.make() for _ in range(message["count"] - len(self.environments))]
        self.is_new = False
        memory = mmap.mmap(MEMORY, message["size"])
        for name, (offset, element, width) in message["arrays"].items():
            count = message["count"] * width
            array = np.frombuffer(memory, element, count, offset)
            setattr(self, name, array.reshape((message["count"], width)) if width > 1 or name in (
                "action_numbers", "observations", "finals", "masks") else array)
        self.restarts, self.reseeds = message["restarts"], message["reseeds"]
        self.has_masks = self.request.get("masks", False)
        choices = self.environments[0].action_space
        self.is_one_choice = kind(choices) == "Discrete"
        self.start = int(getattr(choices, "start", 0)) if self.is_one_choice else 0
        # The usual case by the shortest way: a vector that is the whole observation.
        space = self.environments[0].observation_space
        self.is_vector = kind(space) == "Box" and len(space.shape) == 1
        self.shape = tuple(space.shape) if self.is_vector else None
        self.was_reset = [False] * message["count"]
        self.rows = range(message["count"])

    def put(self, array, row, observation):
        if self.is_vector:
            observation = np.asarray(observation)
            if observation.shape != self.shape:
                checked(observation, self.shape, "")
            array[row] = observation
            return
        offset = 0
        for _, look in self.parts:
            numbers = look(observation)
            array[row, offset : offset + len(numbers)] = numbers
            offset += len(numbers)

    def put_mask(self, row, info):
        environment = self.environments[row]
        mask = info.get("action_mask")
        if mask is None:
            try:
                mask = environment.get_wrapper_attr("action_masks")()
            except AttributeError:
                raise Refusal(
                    "The environment gives no action masks: there is neither info['action_mask'] nor "
                    "a method action_masks(); leave action masks off.")
        if isinstance(mask, (tuple, list)) and len(mask) and hasattr(mask[0], "__len__"):
            mask = [valid for component in mask for valid in component]
        mask = np.asarray(mask).reshape(-1)
        width = sum(self.actions["counts"])
        if len(mask) != width:
            raise ValueError(f"the action mask has {len(mask)} elements, and there are {width} choices")
        self.masks[row] = mask

    def reset(self, row):
        """Starts an episode by the seed that lies ready, and gives its first observation."""
        reseeds = self.reseeds or not self.was_reset[row]
        seed = int(self.seeds[row]) if reseeds else None
        observation, info = self.environments[row].reset(seed=seed)
        self.was_reset[row] = True
        if self.has_masks:
            self.put_mask(row, info)
        return observation

    def step(self, rows):
        environments, act, put = self.environments, self.act, self.put
        numbers, rewards = self.action_numbers, self.rewards
        terminated, truncated = self.terminated, self.truncated
        choices = numbers[:, 0].astype("int64").tolist() if self.is_one_choice else None
        row = -1
        try:
            for row in rows:
                action = choices[row] + self.start if choices is not None else act(numbers[row])
                observation, reward, ended, cut, info = environments[row].step(action)
                rewards[row] = float(reward)
                ended, cut = bool(ended), bool(cut)
                terminated[row] = ended
                # A time limit that strikes together with the end of the task is not what ended it.
                truncated[row] = cut and not ended
                if ended or cut:
                    put(self.finals, row, observation)
                    if self.restarts:
                        observation = self.reset(row)
                elif self.has_masks:
                    self.put_mask(row, info)
                put(self.observations, row, observation)
        except BaseException as error:
            send(failure(error, row=row, doing="step"))
        else:
            os.write(CHANNEL, b"s")

    def answer(self, message):
        row = -1
        try:
            if "count" in message:
                self.prepare(message)
                send({"ready": True})
            elif "reset" in message:
                for row in message["reset"]:
                    self.put(self.observations, row, self.reset(row))
                send({"ready": True})
            elif "replay" in message:
                row = message["replay"]
                steps, ended = self.replay(row, base64.b64decode(message["actions"]))
                send({"steps": steps, "ended": ended})
        except BaseException as error:
            doing = next(iter(message))
            send(failure(error, row=row, doing="reset" if doing == "count" else doing))

    def replay(self, row, actions):
        """Goes through an episode again; gives how many steps it has taken, and whether it has ended."""
        observation, width = self.reset(row), len(self.action_numbers[row])
        numbers = np.frombuffer(actions, "float32").reshape((-1, width))
        steps, ended, cut = 0, False, False
        for action in numbers:
            observation, _, ended, cut, info = self.environments[row].step(self.act(action))
            steps += 1
            if ended or cut:
                break
            if self.has_masks:
                self.put_mask(row, info)
        self.put(self.observations, row, observation)
        return steps, bool(ended or cut)


def main():
    threading.Thread(target=exit_with_the_other_process, daemon=True).start()
    try:
        worker = Worker(receive())
    except BaseException as error:
        send(failure(error, doing="make"))
        receive()
        return
    while True:
        message = receive()
        if message == b"s":
            worker.step(worker.rows)
        elif message == b"p":
            worker.step([row for row in worker.rows if worker.marked[row]])
        else:
            worker.answer(message)


main()

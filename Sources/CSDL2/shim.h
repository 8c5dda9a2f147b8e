// SDL renames main to start programs of its own kind; this one has a main already.
#define SDL_MAIN_HANDLED
#include <SDL.h>

// SDL renames main to start programs of its own kind; this one has a main already.
#define SDL_MAIN_HANDLED
#if __has_include(<SDL2/SDL.h>)
#include <SDL2/SDL.h>
#elif __has_include(<SDL.h>)
#include <SDL.h>
#else
#error "The trait Viewer needs SDL2. Debian and Ubuntu: apt-get install libsdl2-dev; macOS: brew install sdl2."
#endif

# The front door. The build itself is meson.build; what the gate runs is tool/check.
#
#   make            build/vigie and the page (build/web, where npm is), after installing the Debian packages that are missing
#   make demo       a first forecast, from real input
#   make check      the gate: closing line "N passed, N failed, N skipped"
#   make bench      time and memory beside other programs
#   make install    PREFIX=/usr/local, DESTDIR=
#   make uninstall  takes out what `make install` put in
#   make lint       clang-tidy and gcc's analyser
#   make fuzz       FUZZ_SECONDS=20 of searching with each fuzz harness
#   make format     brings all C files into the house layout
#   make clean      removes every build folder

PREFIX ?= /usr/local
DESTDIR ?=
FUZZ_SECONDS ?= 20

.PHONY: build demo check bench install uninstall lint fuzz format clean
.NOTPARALLEL:

build:
	@tool/setup --build
	@tool/build gcc vigie libvigie.a
	@tool/web --build

demo: build
	@tool/demo

check:
	@tool/setup --check
	@tool/check

bench: build
	@tool/setup --bench
	@bench/run

install:
	@[ -x build/vigie ] || $(MAKE) build
	@PREFIX='$(PREFIX)' tool/build gcc vigie libvigie.a doc/vigie.1 doc/vigie
	@DESTDIR='$(DESTDIR)' meson install -C build --no-rebuild --quiet
	@DESTDIR='$(DESTDIR)' tool/web --install
	@echo "installed below $(DESTDIR)$(PREFIX)"

uninstall:
	@DESTDIR='$(DESTDIR)' ninja -C build uninstall
	@DESTDIR='$(DESTDIR)' tool/web --uninstall

lint:
	@tool/setup --check
	@tool/lint

fuzz:
	@tool/setup --check
	@tool/fuzz $(FUZZ_SECONDS)

format:
	@tool/format

clean:
	@rm -rf build build-*/

# Makefile: from the sources to everything that runs · in: src, web, tests · out: build · next: src/wasmfit.h
#
# Every target does its own set-up (.ci/setup.sh installs what is missing, npm ci the tools in package-lock.json) and only the work
# that is not done yet.

# ---- What is built: the order is the order of the data's way ---------------------------------------------------

# for every core; what a core neither exports nor calls is not in it
SHARED = \
  src/core/memory.c \
  src/core/search.c \
  src/core/lbfgs.c \
  src/core/descent.c \
  src/core/distributions.c
# networks: build/wasmfit.wasm, its fast twin and its double
SOURCES = \
  src/core/random.c \
  src/core/check.c \
  src/core/model.c \
  src/core/init.c \
  src/core/fit.c \
  src/core/batch.c \
  src/core/pass.c \
  src/core/dropout.c \
  src/core/norm.c \
  src/kernels/update.c \
  src/kernels/matmul.c \
  src/kernels/activation.c \
  src/kernels/line.c \
  src/kernels/vmath64.c \
  src/core/loss.c \
  src/core/loss_numbers.c \
  src/core/loss_binary.c \
  src/core/softmax.c \
  src/core/loss_classes.c \
  src/core/probabilities.c \
  src/core/step.c \
  src/core/schedule.c \
  src/core/optimizer.c \
  src/core/full_batch.c \
  src/core/prune.c \
  src/core/average.c \
  src/core/monitor.c \
  src/core/diagnose.c \
  src/core/checkpoint.c \
  src/core/minimize.c
# linear models: build/wasmfit-linear.wasm
LINEAR_SOURCES = \
  src/core/fold.c \
  src/core/qr.c \
  src/core/linear.c \
  src/core/push.c \
  src/core/refine.c \
  src/core/inference.c \
  src/core/centred.c \
  src/core/ridge.c \
  src/core/elastic.c \
  src/core/polish.c \
  src/core/logistic_new.c \
  src/core/logistic.c \
  src/core/logistic_rows.c \
  src/core/logistic_pass.c \
  src/core/logistic_rough.c \
  src/core/logistic_proximal.c \
  src/core/logistic_optimum.c
# quantised networks: build/wasmfit-int8.wasm
INT8_SOURCES = \
  src/kernels/int8.c \
  src/core/quantize.c
# what it shares with networks
INT8_CORE = $(SHARED) $(INT8_SOURCES) src/kernels/activation.c src/core/softmax.c src/core/probabilities.c
# what runs once a fit or less is compiled for size, everything else for speed
COLD = $(addprefix src/core/,memory.c search.c lbfgs.c descent.c distributions.c check.c model.c init.c schedule.c full_batch.c prune.c \
  monitor.c diagnose.c checkpoint.c minimize.c logistic_new.c logistic_optimum.c)
ALL_SOURCES = $(SHARED) $(SOURCES) $(LINEAR_SOURCES) $(INT8_SOURCES)
HEADERS = $(wildcard src/*.h src/core/*.h src/kernels/*.h)
TEST_HEADERS = $(wildcard tests/c/*.h tests/fixtures/*.h)
C_TESTS = test_memory test_random test_vmath test_matmul test_line test_model test_layers test_stacks test_batch test_optimizer test_schedule test_loss test_loss_rows test_step test_control test_prune test_diagnose test_checkpoint test_fit test_full_batch test_quantize test_linear test_rank test_blocks test_many_rows test_inference test_ridge test_elastic test_lbfgs test_descent test_minimize test_logistic test_logistic_many test_logistic_edges test_separable test_distributions
DOUBLE_TESTS = test_gradients test_layers test_stacks test_optimizer test_loss test_loss_rows test_step test_control test_prune test_full_batch test_minimize
JS = $(wildcard src/js/*.js)
CLI = $(wildcard src/cli/*.js)
SITE = $(shell find web src/js src/data -type f 2>/dev/null)

# ---- With what -------------------------------------------------------------------------------------------------

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
Q = $(if $(V),,@)
# the node that was first on PATH before Debian's emscripten brought its own
export PATH := $(patsubst %/,%,$(dir $(shell command -v node))):$(PATH)
EMCC = $(if $(wildcard $(EMSDK)/upstream/emscripten/emcc),$(EMSDK)/upstream/emscripten/emcc,emcc)
GCC = $(shell command -v gcc || command -v cc)
CLANG = $(shell command -v clang-19 || command -v clang)
PORT = 8080
PEERS = @tensorflow/tfjs@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0 @jax-js/jax@0.1.25 brain.js@2.0.0-beta.24

# configurations are all doubles, so that codes are compared with doubles
CFLAGS = -std=c11 -Wall -Wextra -Wconversion -Wno-enum-float-conversion -Werror -ffp-contract=off -Isrc
GCC_FLAGS = -O2 -g
ASAN_FLAGS = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
DOUBLE_FLAGS = -O2 -g -DWF_DOUBLE -Wno-psabi

# Plain reactors without glue: src/js/engine.js is their loader. dlmalloc, as emmalloc of Emscripten 3.1.6 traps where it
# should return 0. What gains by vectors and by turning a loop into several at once is written so (f32x4.h, f64x2.h): the compiler's
# own would add a quarter to the size and nothing to the speed. They come after -O, which else would turn vectors on again.
WASM_CFLAGS = -DNDEBUG -msimd128 -fno-vectorize -fno-slp-vectorize -mllvm -unroll-runtime=false
WASM_STACK = 131072
# Engines compile a function when it is first called. What is called from one place only stays a function of its own all the same, unless
# it is small: a first fit would else wait for code that it never reaches.
WASM_INLINE = -sBINARYEN_EXTRA_PASSES=--one-caller-inline-max-function-size=100
WASM_LDFLAGS = --no-entry -sSTANDALONE_WASM -sALLOW_MEMORY_GROWTH -sINITIAL_MEMORY=1MB -sMAXIMUM_MEMORY=4GB -sTOTAL_STACK=$(WASM_STACK) $(WASM_INLINE)
CORE = $(SHARED) $(SOURCES)
LINEAR_CORE = $(SHARED) $(LINEAR_SOURCES)
# $(call exports,list): the functions of a list as emcc wants them
exports = -sEXPORTED_FUNCTIONS=$(subst $(space),$(comma),$(addprefix _,$(shell cat $(1))))
comma := ,
space := $(subst ,, )
WASM = build/wasmfit.wasm build/wasmfit-fast.wasm build/wasmfit-linear.wasm build/wasmfit-double.wasm build/wasmfit-int8.wasm

# ---- Targets ---------------------------------------------------------------------------------------------------

.PHONY: help start build test test-c test-js test-browser native types site bench bench-peers bench-browser roofline seen parity techniques clean setup

help:
	@echo 'make start         set-up, build, then the Lab on http://localhost:$(PORT) or the next free port (PORT=...)'
	@echo 'make test          set-up, build, then every test: C, Node, browsers (WASMFIT_BROWSERS=chromium,firefox,webkit)'
	@echo 'make build         build/wasmfit.wasm (networks), -fast (relaxed SIMD), -linear (linear models), -int8 (quantised networks), -double (f64 networks)'
	@echo '                   and build/js, the files of JavaScript that the package ships'
	@echo 'make types         checks the types of src/js and writes build/types'
	@echo 'make site          the Lab as static files in build/site'
	@echo 'make test-c        the C tests only: gcc, clang with sanitizers, gradients in double'
	@echo 'make test-js       the Node tests only'
	@echo 'make test-browser  the browser tests only'
	@echo 'make bench         ours and every installed peer by turns (ARGS="--tasks T3 --peers torch", see tests/bench/bench.js)'
	@echo 'make bench-peers   installs TensorFlow.js, jax-js and brain.js into build/peers'
	@echo 'make bench-browser the JavaScript part of the bench in Chromium and Firefox'
	@echo 'make roofline      which share of what the core can do at most each task reaches'
	@echo 'make seen          what the models reach, and the size of the core'
	@echo 'make parity        every technique against its references: the greatest deviations'
	@echo 'make techniques    what dropout, early stopping, pruning, int8, … do to the score on rows that were not trained on (ARGS="20 int8")'
	@echo 'make clean         removes build and node_modules'

start: build site
	@node web/serve.js build/site $(PORT)

build: $(WASM) build/js/index.js
types: build/types/index.d.ts
site: build/site/index.html

test: build types site native
	@node tests/run.js c js browser
test-c: native
	@node tests/run.js c
test-js: build types
	@node tests/run.js js
test-browser: build site
	@node tests/run.js browser

bench: build
	@node tests/bench/bench.js $(ARGS)
bench-browser: build node_modules/.installed
	@node tests/bench/browsers.js $(ARGS)
roofline: build
	@node tests/bench/roofline.js $(ARGS)
bench-peers:
	@mkdir -p build/peers
	npm install --prefix build/peers --ignore-scripts --no-audit --no-fund $(PEERS)

seen: build
	@node tests/bench/seen.js

parity: build
	@node tests/bench/parity.js

techniques: build
	@node tests/bench/techniques.js $(ARGS)

clean:
	rm -rf build node_modules

setup:
	@.ci/setup.sh $(if $(filter test% native bench-browser,$(MAKECMDGOALS)),test,build)

node_modules/.installed: package.json package-lock.json | setup
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

# ---- WebAssembly -----------------------------------------------------------------------------------------------

# $(call objects,folder,sources,flags,setting): objects of all sources in a folder of their own
define objects
@rm -rf build/$(1)/*.o && mkdir -p build/$(1)
$(Q)cd build/$(1) && $(4) $(EMCC) $(CFLAGS:-I%=-I$(CURDIR)/%) -O2 $(WASM_CFLAGS) $(3) -c $(abspath $(filter-out $(COLD),$(2)))
$(Q)$(if $(filter $(COLD),$(2)),cd build/$(1) && $(4) $(EMCC) $(CFLAGS:-I%=-I$(CURDIR)/%) -Oz $(WASM_CFLAGS) $(3) -c $(abspath $(filter $(COLD),$(2))))
endef

# $(call core,name,sources,exports,flags)
define core
build/wasmfit$(1).wasm: $(2) $(3) $(HEADERS) Makefile | setup
	@echo '$$@'
	$$(call objects,core$(1),$(2),$(4))
	$(Q)$$(EMCC) -O2 $(WASM_LDFLAGS) $$(call exports,$(3)) build/core$(1)/*.o -o $$@
endef
$(eval $(call core,,$(CORE),src/exports.txt))
$(eval $(call core,-linear,$(LINEAR_CORE),src/exports-linear.txt))
$(eval $(call core,-int8,$(INT8_CORE),src/exports-int8.txt))
$(eval $(call core,-double,$(CORE),src/exports-double.txt,-DWF_DOUBLE))

# Networks with fused multiply-add. An emcc with clang 17 or newer does it all. Debian's 3.1.6 compiles it with clang-19, but its
# binaryen cannot read the opcodes, so that wasm-ld links.
build/wasmfit-fast.wasm: $(CORE) src/exports.txt $(HEADERS) Makefile | setup
	@mkdir -p $(@D)
	@echo '$@'
	$(fast_by_$(FAST))

FAST = $(shell if [ "$$($(EMCC) -dM -E -x c /dev/null | sed -n 's/.*__clang_major__ //p')" -ge 17 ]; then echo emcc; \
  elif command -v clang-19 >/dev/null && command -v wasm-ld-19 >/dev/null; then echo ld; else echo nothing; fi)

define fast_by_emcc
$(call objects,fast,$(CORE),-mrelaxed-simd)
$(Q)$(EMCC) -O2 -mrelaxed-simd $(WASM_LDFLAGS) $(call exports,src/exports.txt) build/fast/*.o -o $@
endef

define fast_by_ld
@mkdir -p build/fast
@printf "exec(open('%s/.emscripten').read())\nLLVM_ADD_VERSION = CLANG_ADD_VERSION = '19'\n" /usr/share/emscripten >build/fast/config
$(call objects,fast,$(CORE),-mrelaxed-simd,EM_CONFIG=config)
$(Q)wasm-ld-19 build/fast/*.o -o $@ -L$(SYSROOT) $(SYSROOT)/crt1_reactor.o -lstandalonewasm-memgrow -lstubs -lnoexit -lc -ldlmalloc \
  -lcompiler_rt --entry=_initialize --import-undefined --strip-all $(addprefix --export=,$(shell cat src/exports.txt)) -z stack-size=$(WASM_STACK) \
  --initial-memory=1048576 --max-memory=4294967296 --global-base=1024 --gc-sections
endef
SYSROOT = $(shell em-config CACHE)/sysroot/lib/wasm32-emscripten

define fast_by_nothing
@echo 'no build/wasmfit-fast.wasm: it needs clang 17 or newer (Debian: clang-19 and lld-19); init({ simd: "fast" }) will say so'
endef

# ---- Native test programs: gcc, clang with sanitizers, and the build in double for the gradient checks -----------

# $(call native,folder,compiler,flags,tests)
define native
native: $(4:%=build/native/$(1)/%)
build/native/$(1)/%.o: src/%.c Makefile | setup
	@mkdir -p $$(@D)
	$(Q)$$($(2)) $(CFLAGS) $(3) -MMD -MP -c $$< -o $$@
build/native/$(1)/test_%: tests/c/test_%.c $(TEST_HEADERS) $(HEADERS) $(ALL_SOURCES:src/%.c=build/native/$(1)/%.o)
	@echo '$$@'
	$(Q)$$($(2)) $(CFLAGS) $(3) $$< $$(filter %.o,$$^) -lm -o $$@
-include $(ALL_SOURCES:src/%.c=build/native/$(1)/%.d)
endef
$(eval $(call native,gcc,GCC,$(GCC_FLAGS),$(C_TESTS)))
$(eval $(call native,asan,CLANG,$(ASAN_FLAGS),$(C_TESTS)))
$(eval $(call native,double,GCC,$(DOUBLE_FLAGS),$(DOUBLE_TESTS)))

# ---- Package and page -------------------------------------------------------------------------------------------

build/js/index.js: src/bundle.js $(JS) $(CLI) package.json node_modules/.installed
	@echo 'build/js'
	$(Q)node src/bundle.js
	@touch $@

build/types/index.d.ts: $(JS) $(CLI) src/bundle.js src/js/tsconfig.json src/cli/tsconfig.json node_modules/.installed
	@echo 'build/types'
	$(Q)node_modules/.bin/tsc -p src/js/tsconfig.json
	$(Q)node_modules/.bin/tsc -p src/cli/tsconfig.json
	@touch $@

build/site/index.html: $(SITE) $(WASM) node_modules/.installed
	@echo 'build/site'
	$(Q)node_modules/.bin/vite build --config web/vite.config.js --logLevel warn
	@touch $@

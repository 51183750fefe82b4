/* wasmfit.h: the whole C API, in the order of the data's way · next: core/random.c
 *
 * data set → configuration → model → fit (forward, loss, backward, optimiser, epoch loop, report) → predict;
 * linear models beside it. JavaScript mirrors this one header (src/js/engine.js) and src/exports.txt lists its symbols.
 *
 * Conventions
 *   N rows, D features, K outputs, B batch, L layers, I/O in and out of a layer. Arguments: outputs, inputs, dimensions.
 *   wf_real is float; only the build for gradient checks (-DWF_DOUBLE) makes it double.
 *   Configurations are structs of doubles only: whatever number a caller holds (NaN, 1.5, 1e308) arrives unchanged and is
 *   judged by wf_config_check or wf_fit_check before anything is allocated. After a check NULL means one thing: out of memory.
 *   No globals, no exit, no output. Objects are independent of each other; one object is for one thread at a time. */
#ifndef WASMFIT_H
#define WASMFIT_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/f32x4.h"

/* Checked by the JavaScript side at load, so that a new .js never runs on an old .wasm. */
#define WF_ABI 1
int wf_abi(void); /* WF_ABI */

/* ---- 1. Memory of the caller ---------------------------------------------------------------------------------- */

void *wf_alloc(size_t bytes); /* begins with a cache line of 64 bytes, not cleared; NULL: out of memory */
void wf_free(void *p);

/* ---- 2. Random numbers: Philox 4×32-10, keyed by seed, counted by (index, step, stream) ------------------------ */

/* Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11.
 * A word depends on (seed, stream, step, index) only: never on what was drawn before. seed: an integer in [0, 2^53]. */
typedef enum wf_stream {
  WF_STREAM_INIT = 1,    /* weights; step = layer */
  WF_STREAM_SHUFFLE = 2, /* order of rows; step = epoch */
  WF_STREAM_SPLIT = 3,   /* validation and test splits (JavaScript) */
  WF_STREAM_DATA = 4     /* generated data sets (JavaScript) */
} wf_stream;

void wf_random_words(uint32_t *words, double seed, uint32_t stream, uint32_t step, uint32_t n); /* words (n) */
void wf_random_permutation(int32_t *order, double seed, uint32_t stream, uint32_t step, uint32_t n); /* order (n) */

/* ---- 3. Registries: each list is the one source of a kind's codes, names and number ----------------------------- */

/* Activations.  X(CODE, name in JavaScript). z is the pre-activation; formulas in kernels/activation.c */
#define WF_ACTIVATIONS(X) \
  X(IDENTITY, "identity") X(RELU, "relu") X(LEAKY_RELU, "leakyRelu") X(TANH, "tanh") X(SIGMOID, "sigmoid") \
  X(SOFTPLUS, "softplus") X(ELU, "elu") X(GELU, "gelu") X(SILU, "silu")
/* Losses.  X(CODE, name). Mean over rows (and outputs for MSE and BCE); formulas in core/loss.c */
#define WF_LOSSES(X) X(MSE, "mse") X(CROSS_ENTROPY, "crossEntropy") X(BINARY_CROSS_ENTROPY, "binaryCrossEntropy")
/* Optimisers.  X(CODE, name, state slots a weight); formulas in core/optimizer.c */
#define WF_OPTIMIZERS(X) X(SGD, "sgd", 1) X(ADAM, "adam", 2)
/* Initialisers of weights.  X(CODE, name). fan in I, fan out O; biases start at zero, but for TORCH; core/init.c */
#define WF_INITIALIZERS(X) \
  X(AUTO, "auto") X(HE_UNIFORM, "heUniform") X(HE_NORMAL, "heNormal") X(GLOROT_UNIFORM, "glorotUniform") \
  X(GLOROT_NORMAL, "glorotNormal") X(LECUN_UNIFORM, "lecunUniform") X(LECUN_NORMAL, "lecunNormal") \
  X(TORCH, "torch") X(ZEROS, "zeros")

#define WF_CODE(code, ...) WF_##code,
typedef enum wf_activation { WF_ACTIVATIONS(WF_CODE) WF_ACTIVATION_COUNT } wf_activation;
typedef enum wf_loss { WF_LOSSES(WF_CODE) WF_LOSS_COUNT } wf_loss;
typedef enum wf_optimizer { WF_OPTIMIZERS(WF_CODE) WF_OPTIMIZER_COUNT } wf_optimizer;
typedef enum wf_initializer { WF_INITIALIZERS(WF_CODE) WF_INITIALIZER_COUNT } wf_initializer;
#undef WF_CODE

/* ---- 4. Configuration of a model --------------------------------------------------------------------------------- */

/* X(field, least, greatest, kind): the field's order is its index in a fault. Kinds: INT a whole number, REAL a finite number,
 * OPEN a finite number below (not at) the greatest. */
#define WF_CONFIG_FIELDS(X) \
  X(inputs, 1, 1e6, INT)                                  /* D */ \
  X(layers, 1, 64, INT)                                   /* L */ \
  X(loss, 0, WF_LOSS_COUNT - 1, INT)                      /* wf_loss */ \
  X(seed, 0, 9007199254740992.0, INT)                     \
  X(optimizer, 0, WF_OPTIMIZER_COUNT - 1, INT)            /* wf_optimizer */ \
  X(learning_rate, 0, 1e6, REAL)                          \
  X(momentum, 0, 1, OPEN)                                 /* SGD */ \
  X(dampening, 0, 1, REAL)                                /* SGD */ \
  X(nesterov, 0, 1, INT)                                  /* SGD; needs momentum > 0 and dampening 0 */ \
  X(beta1, 0, 1, OPEN)                                    /* Adam */ \
  X(beta2, 0, 1, OPEN)                                    /* Adam */ \
  X(epsilon, 1e-30, 1, REAL)                              /* Adam; above 0, so that an idle unit never gives 0/0 */ \
  X(weight_decay, 0, 1e6, REAL)                           /* L2: adds weight_decay · w to the gradient, as PyTorch does */
#define WF_LAYER_FIELDS(X) \
  X(units, 1, 1e6, INT)                                   /* O */ \
  X(activation, 0, WF_ACTIVATION_COUNT - 1, INT)          /* wf_activation; the last layer of a loss on logits: IDENTITY */ \
  X(initializer, 0, WF_INITIALIZER_COUNT - 1, INT)        /* wf_initializer */ \
  X(slope, 0, 1e3, REAL)                                  /* leaky ReLU: slope below zero; ELU: its alpha */

#define WF_FIELD(field, ...) double field;
typedef struct wf_config { WF_CONFIG_FIELDS(WF_FIELD) } wf_config;
typedef struct wf_layer_config { WF_LAYER_FIELDS(WF_FIELD) } wf_layer_config;

/* What a check found. field: index in the list above, -1: none is wrong. layer: -1 or the layer. The rule follows from rule,
 * least and greatest. */
typedef enum wf_rule {
  WF_RULE_NONE, WF_RULE_INT, WF_RULE_REAL, WF_RULE_OPEN,
  WF_RULE_NESTEROV,     /* nesterov needs momentum above 0 and dampening 0 */
  WF_RULE_LOGITS,       /* a loss on logits needs the identity as last activation */
  WF_RULE_CLASSES,      /* cross-entropy needs at least 2 units in the last layer */
  WF_RULE_SIZE          /* the model needs more memory than 32-bit addresses reach */
} wf_rule;
typedef struct wf_fault { double field, layer, value, rule, least, greatest; } wf_fault;

/* 1: good; 0: fault says what is wrong. layers (L). */
int wf_config_check(wf_fault *fault, const wf_config *config, const wf_layer_config *layers);

/* ---- 5. Model: one arena of parameters, optimiser state, and its prediction -------------------------------------- */

typedef struct wf_model wf_model;

wf_model *wf_model_new(const wf_config *config, const wf_layer_config *layers); /* initialised from its seed */
void wf_model_free(wf_model *model);                                             /* NULL is fine */
size_t wf_model_size(const wf_model *model);  /* P: number of parameters, weights and biases of all layers */
int wf_model_slots(const wf_model *model);    /* S: state slots a weight, by optimiser */

/* Slot 0: the parameters; 1..S: optimiser state. Plain order: layer by layer, weight (I,O) row-major, then bias (O). */
void wf_model_export(wf_real *values, const wf_model *model, int slot);          /* values (P) */
void wf_model_import(wf_model *model, const wf_real *values, int slot);          /* values (P) */
double wf_model_steps(const wf_model *model);                                    /* optimiser steps done */
double wf_model_epochs(const wf_model *model);                                   /* epochs done, over all fits */
void wf_model_set_progress(wf_model *model, double steps, double epochs);

/* Y (N,K) = the last layer's output, or with probabilities != 0 its softmax (cross-entropy) or sigmoid (binary).
 * X (N,D). Returns 0: out of memory. */
int wf_model_predict(wf_real *y, wf_model *model, const wf_real *x, int rows, int probabilities);

/* ---- 6. Fit: the epoch loop, in slices -------------------------------------------------------------------------- */

#define WF_FIT_FIELDS(X) \
  X(batch_size, 1, 1e9, INT)        /* B; above N it is N */ \
  X(epochs, 1, 1e9, INT)            /* epochs of this fit */ \
  X(shuffle, 0, 1, INT)             /* 1: a new permutation each epoch; 0: file order */ \
  X(evaluate_training, 0, 1, INT)   /* 1: loss and metric of an epoch by a full pass after it */
typedef struct wf_fit_config { WF_FIT_FIELDS(WF_FIELD) } wf_fit_config;
#undef WF_FIELD
int wf_fit_check(wf_fault *fault, const wf_fit_config *config);

/* Rows that stay the caller's and must outlive the fit. x (N,D) row-major. y: wf_real (N,K) row-major, or for cross-entropy
 * int32_t (N) class indices in 0..K-1. */
typedef struct wf_rows { const wf_real *x; const void *y; int32_t rows; int32_t reserved; } wf_rows;

/* One finished epoch; all sums were streaming f64 sums over all its rows.
 * metric: R² for MSE (mean over outputs; of a constant output 1 if exact, else 0), else accuracy (threshold 0.5 for binary). */
#define WF_REPORT_FIELDS(X) \
  X(epoch) X(loss) X(metric) X(validation_loss) X(validation_metric) X(learning_rate) X(rows_seen) /* training rows of this fit */
#define WF_FIELD(field) double field;
typedef struct wf_report { WF_REPORT_FIELDS(WF_FIELD) } wf_report; /* without validation rows its two fields are NaN */
#undef WF_FIELD

typedef enum wf_fit_state {
  WF_FIT_RUNNING,   /* call wf_fit_run again */
  WF_FIT_DONE,      /* all epochs done */
  WF_FIT_DIVERGED   /* loss or weights became non-finite: parameters are those of the last finite epoch */
} wf_fit_state;

typedef struct wf_fit wf_fit;

/* All memory of the fit. validation NULL or with 0 rows: none. */
wf_fit *wf_fit_new(wf_model *model, const wf_fit_config *config, const wf_rows *train, const wf_rows *validation);
void wf_fit_free(wf_fit *fit);
/* Trains until about `work` row visits are done, `max_epochs` more epochs are complete, the report buffer is full or the fit
 * ends. A visit of a training row counts 3, of an evaluated one 1. How a fit is cut into slices never changes its bits. */
wf_fit_state wf_fit_run(wf_fit *fit, double work, double max_epochs);
int wf_fit_report_count(const wf_fit *fit);              /* finished epochs since the last clear */
const wf_report *wf_fit_reports(const wf_fit *fit);
void wf_fit_reports_clear(wf_fit *fit);
int wf_fit_at_epoch_end(const wf_fit *fit);               /* 1: no epoch is half done */
void wf_fit_set_learning_rate(wf_fit *fit, double learning_rate); /* from the next step on */
double wf_fit_step_in_epoch(const wf_fit *fit);

/* Loss and its gradient at the model's weights on the given rows, no step: for tests and gradient checks. Needs rows <= B.
 * gradient (P) in plain order, may be NULL. */
double wf_fit_loss(wf_real *gradient, wf_fit *fit, const wf_rows *rows);

/* ---- 7. Linear least squares, exact in f64 ----------------------------------------------------------------------- */

typedef struct wf_linear_result {
  double rank;           /* of the (centred, if there is an intercept) design */
  double loss;           /* mean squared residual, over rows and outputs */
  double r2;             /* mean over outputs; without intercept also about the mean, as scikit-learn's score */
} wf_linear_result;

/* min ‖diag(√s)(Y - X W - 1 bᵀ)‖² by Householder QR with column pivoting; rank deficient: the minimum-norm W.
 * coef (K,D) and intercept (K) out; x (N,D), y (N,K), weight (N) or NULL: non-negative, 0: the row is absent. f64, row-major.
 * Needs memory for (D + K)² numbers beside x and y, or for N (D + K) when there are fewer rows than about 2 D.
 * Returns 0: out of memory. */
int wf_linear_fit(double *coef, double *intercept, wf_linear_result *result, const double *x, const double *y,
                  const double *weight, int rows, int features, int outputs, int fit_intercept);

/* The same for rows that come in blocks and need not be in memory together; however they are cut, the bits are the same:
 *   push every block; solve; then, while correct returns 1: residual for every block again; solution.
 * Without residual and correct the solution is that of plain QR. */
typedef struct wf_linear wf_linear;
/* rows: how many will be pushed at most; 0: unknown and many. NULL: out of memory. */
wf_linear *wf_linear_new(int rows, int features, int outputs, int fit_intercept);
void wf_linear_push(wf_linear *linear, const double *x, const double *y, const double *weight, int rows);
int wf_linear_solve(wf_linear *linear); /* once, after the last row; 0: out of memory */
void wf_linear_residual(wf_linear *linear, const double *x, const double *y, const double *weight, int rows);
int wf_linear_correct(wf_linear *linear); /* 1: another round would better the solution */
void wf_linear_solution(double *coef, double *intercept, wf_linear_result *result, const wf_linear *linear);
void wf_linear_free(wf_linear *linear); /* NULL is fine */

/* ---- 8. Inference for least squares, in f64 ------------------------------------------------------------------------ */

/* At the solution coef (D), intercept of one output; p = rank + (1 with intercept) and n rows of positive weight.
 * Order of parameters: intercept first (if fitted), then the features; P = D + (1 with intercept). */
typedef struct wf_inference {
  double rows;              /* n */
  double parameters;        /* p */
  double residual_square;   /* Σ s r² */
  double total_square;      /* Σ s (y - ȳ)², without intercept Σ s y² */
} wf_inference;

/* cov (5,P,P) out: [0] the unscaled (Xᵀ S X)⁻¹, where columns depend on others that of the least-norm estimates; [1..4] the sandwich
 * matrices HC0..HC3 of the weighted rows (White 1980; MacKinnon, White 1985): HC1 is NaN when n = p, HC2 and HC3 when a row has
 * leverage 1, for then they are 0/0. vif (D) out: variance inflation factors, 1/(1 - R²) of a column on all others, +inf for one that
 * depends on them; leverage (N) out: diagonal of the hat matrix, 0 where the weight is; residual (N) out: y - ŷ.
 * Time: two fits and N p². Returns 0: out of memory. */
int wf_linear_inference(wf_inference *result, double *cov, double *vif, double *leverage, double *residual, const double *coef,
                        const double *intercept, const double *x, const double *y, const double *weight, int rows, int features,
                        int fit_intercept);

/* ---- 9. Penalised least squares, in f64 ---------------------------------------------------------------------------- */

/* Ridge: min Σ s (y - X w - b)² + alpha ‖w‖², for A values of alpha >= 0 in any order from one factorisation; b is not penalised.
 * alpha 0: wf_linear_fit's solution. coef (A,K,D), intercept (A,K); degrees (A): effective degrees of freedom without the intercept,
 * Σ d²/(d² + alpha) over the singular values d of the centred √s X; gcv (A,K): generalised cross-validation,
 * n · RSS / (n - degrees - 1)² (Golub, Heath, Wahba 1979; without intercept n - degrees) with RSS = Σ s r² and n rows of positive
 * weight; infinite where no degree of freedom is left. x (N,D), y (N,K), weight (N) or NULL: non-negative.
 * Returns 0: out of memory. */
int wf_ridge_path(double *coef, double *intercept, double *degrees, double *gcv, const double *alphas, const double *x,
                  const double *y, const double *weight, int count, int rows, int features, int outputs, int fit_intercept);

/* Elastic net: min 1/(2 Σs) Σ s (y - X w - b)² + alpha (ratio ‖w‖₁ + (1 - ratio)/2 ‖w‖²); ratio 1 is the lasso. b is not penalised.
 * One output. Cyclic coordinate descent on covariances, with active sets and strong rules (Friedman, Hastie, Tibshirani 2010;
 * Tibshirani et al. 2012), stopped by the duality gap: gap <= tolerance · Σ s (y - ȳ)² / Σ s, as scikit-learn's; a tolerance below
 * 4e-15 counts as that. Tolerances below 1e-6 also get the exact solution for the signs found (conjugate gradients), right to about
 * 1e-13. ratio 0 works and is ridge with alpha · Σs; alpha 0 is least squares, but wf_linear_fit is the way to that. */
typedef struct wf_elastic wf_elastic;
typedef struct wf_elastic_result {
  double objective, gap; /* at the last look, which ends every run that converged */
  double sweeps;         /* since alpha or tolerance last changed */
  double converged;      /* 0 or 1 */
  double nonzero;        /* number of coefficients that are not 0 */
} wf_elastic_result;
wf_elastic *wf_elastic_new(const double *x, const double *y, const double *weight, int rows, int features, double ratio,
                           int fit_intercept); /* NULL: out of memory; copies what it needs, all memory of every run */
double wf_elastic_alpha_max(const wf_elastic *elastic); /* least alpha at which every coefficient is 0; ratio 0: infinite */
/* Goes on from the coefficients it has (at first 0) towards the solution for alpha, at most `sweeps` sweeps. 1: converged.
 * How a run is cut into slices never changes its bits. */
int wf_elastic_run(wf_elastic *elastic, double alpha, double tolerance, int sweeps);
void wf_elastic_solution(double *coef, double *intercept, wf_elastic_result *result, const wf_elastic *elastic); /* coef (D) */
void wf_elastic_free(wf_elastic *elastic); /* NULL is fine */

/* ---- 10. Logistic regression, in f64 ------------------------------------------------------------------------------- */

/* min Σ s loss_i + alpha (ratio ‖W‖₁ + (1 - ratio)/2 ‖W‖²), b not penalised; alpha = 1/C of scikit-learn, 0: no penalty.
 * K = 1: binary, loss log(1 + e^z) - t z, label 0 or 1. K >= 2: multinomial (softmax), label 0..K-1. Weights >= 0, not all 0; 0: the
 * row is absent. Columns are centred and scaled inside, the penalty is that of the caller's units. */
typedef enum wf_solver {
  WF_SOLVER_LBFGS,   /* L-BFGS in the metric of the first second derivatives, above 256 features of their diagonal */
  WF_SOLVER_NEWTON,  /* Newton with a line search; above 1024 coefficients (all classes together) it is LBFGS */
  WF_SOLVER_PROXIMAL /* proximal Newton, exact zeros: always where alpha · ratio > 0, and only there; memory (K D)² */
} wf_solver;
typedef enum wf_logistic_state {
  WF_LOGISTIC_RUNNING,
  WF_LOGISTIC_CONVERGED, /* gradient <= tolerance, or as small as f64 allows. Without penalty also: the last step changed no row's
                          * log odds by more than a half; of dependent columns the coefficients then are those of least norm */
  WF_LOGISTIC_SEPARABLE  /* no finite optimum: without penalty every row is on its right side, or a direction was found in which no
                          * row's probability falls and some rise for ever; or a class has no row. The coefficients are finite */
} wf_logistic_state;
typedef struct wf_logistic wf_logistic;
/* gradient: largest component of the gradient (with L1: the subgradient nearest to 0) of objective / Σ s, both by the coefficients as
 * they are and by those of columns of standard deviation 1. accuracy: weighted; of equal outputs the first class is predicted. */
typedef struct wf_logistic_result {
  double objective, log_likelihood, gradient, iterations, accuracy;
} wf_logistic_result;
/* x (N,D), labels (N), weight (N) or NULL stay the caller's and must outlive the fit. NULL: out of memory. */
wf_logistic *wf_logistic_new(const double *x, const int32_t *labels, const double *weight, int rows, int features, int outputs,
                             int fit_intercept, double alpha, double ratio, wf_solver solver);
/* At most so many more iterations, each a step with its line search; how they are cut into slices never changes the bits. */
wf_logistic_state wf_logistic_run(wf_logistic *logistic, double tolerance, int iterations);
/* coef (K,D), intercept (K), which for K > 1 sum to 0; of the point that the last run ended at */
void wf_logistic_solution(double *coef, double *intercept, wf_logistic_result *result, const wf_logistic *logistic);
/* Inverse of the observed information Xᵀ diag(s p (1 - p)) X at that point, without the penalty, K = 1: cov (P,P), intercept first if
 * there is one. Returns 0: singular, K > 1 or no memory. */
int wf_logistic_covariance(double *cov, wf_logistic *logistic);
void wf_logistic_free(wf_logistic *logistic); /* NULL is fine */

/* ---- 11. Distribution functions, to 1e-12 relative ----------------------------------------------------------------- */

/* Over all results from 1 down to 1e-300 (measured: below 3e-13); quantiles in relation to themselves, also about 0. Degrees of freedom need
 * not be whole: 0.01 or more; of t and in the second place of F without end, also infinite; elsewhere up to 1e10. NaN outside of that,
 * for a NaN and for a p outside of [0, 1]. The lower tail of F is wf_f_sf(1/f, df2, df1). */
double wf_normal_cdf(double x);                       /* P(Z <= x); the upper tail is wf_normal_cdf(-x) */
double wf_normal_quantile(double p);                  /* x of P(Z <= x) = p; 0 and 1: -infinity and infinity */
double wf_t_sf(double t, double df);                  /* P(T > t) */
double wf_t_quantile(double p, double df);            /* t of P(T <= t) = p */
double wf_f_sf(double f, double df1, double df2);     /* P(F > f) */
double wf_chi2_sf(double x, double df);               /* P(X² > x) */

#endif

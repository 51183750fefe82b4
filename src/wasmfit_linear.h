/* wasmfit_linear.h: sections 7 to 11 of the C API: linear models and their inference, in f64 · in: wasmfit.h · out: wf_linear_*, wf_ridge_*,
 * wf_elastic_*, wf_logistic_*, distribution functions · next: core/fold.c */
#ifndef WASMFIT_LINEAR_H
#define WASMFIT_LINEAR_H

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
 *   weigh, if they have weights; push every block; solve; then, while correct returns 1: residual for every block again; solution.
 * Without residual and correct the solution is that of plain QR. */
typedef struct wf_linear wf_linear;
/* rows: how many will be pushed at most; 0: unknown and many. NULL: out of memory. */
wf_linear *wf_linear_new(int rows, int features, int outputs, int fit_intercept);
/* Weights of all rows that will come: they are taken relative to the greatest. */
void wf_linear_weigh(wf_linear *linear, const double *weight, int rows);
/* x (rows,D) doubles, or with single != 0 floats */
void wf_linear_push(wf_linear *linear, const void *x, int single, const double *y, const double *weight, int rows);
int wf_linear_solve(wf_linear *linear); /* once, after the last row; 0: out of memory */
void wf_linear_residual(wf_linear *linear, const void *x, int single, const double *y, const double *weight, int rows);
int wf_linear_correct(wf_linear *linear); /* 1: another round would better the solution */
void wf_linear_solution(double *coef, double *intercept, wf_linear_result *result, const wf_linear *linear);
void wf_linear_free(wf_linear *linear); /* NULL is fine */

/* to (n) = from (n): rows in f32 become the f64 that all of this needs. */
void wf_widen(double *to, const float *from, size_t n);

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
 * row is absent. Columns are centred and scaled inside, the penalty is that of the caller's units.
 * 8192 rows or more without weights: L-BFGS takes its metric from some of them, and where they are floats and binary begins with
 * steps by passes in f32. Those count as no iterations; what a fit tells, and whether it has converged, is by passes in f64 only. */
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
/* x (N,D) doubles, or with single != 0 floats, labels (N), weight (N) or NULL stay the caller's and must outlive the fit. NULL: out of
 * memory. */
wf_logistic *wf_logistic_new(const void *x, int single, const int32_t *labels, const double *weight, int rows, int features, int outputs,
                             int fit_intercept, double alpha, double ratio, wf_solver solver);
/* Before the first run: the covariance will be asked for, so that a pass which may be the last one makes ready for it. Changes no bits. */
void wf_logistic_expect(wf_logistic *logistic);
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

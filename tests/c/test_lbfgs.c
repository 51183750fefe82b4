/* test_lbfgs.c: vector exp and log, line search, L-BFGS, Cholesky · in: functions with known minima · out: checks · next: test_logistic.c */
#include <float.h>
#include <math.h>
#include <string.h>

#include "../../src/core/cholesky.h"
#include "../../src/core/lbfgs.h"
#include "../../src/kernels/scalar64.h"
#include "../../src/kernels/vmath64.h"
#include "check.h"
#include "functions.h"

/* ---- exp and log ----------------------------------------------------------------------------------------------------- */

static double ulps(double got, long double wanted) {
  double size = fabs((double)wanted);
  return (double)fabsl((got - wanted) / (nextafter(size, INFINITY) - size));
}

static void test_functions(void) {
  double most_exp = 0, most_log = 0, most_log1p = 0;
  int same = 1;
  for (int i = 0; i < 200000; i++) {
    double x = i < 100000 ? -708 * (i / 1e5) : -(i - 100000) / 1e5, y = exp2(-80 * (i / 2e5)), z = exp2(-80 + i * 1e-3);
    double pair[2] = {x, x * 0.37}, e[2], l[2];
    f64x2_store(e, f64x2_exp(f64x2_load(pair)));
    same &= e[0] == wf_exp64(pair[0]) && e[1] == wf_exp64(pair[1]);
    most_exp = fmax(most_exp, fmax(ulps(e[0], expl(pair[0])), ulps(e[1], expl(pair[1]))));
    pair[0] = y;
    pair[1] = 1 - y;
    f64x2_store(l, f64x2_log1p(f64x2_load(pair)));
    most_log = fmax(most_log, fmax(ulps(l[0], log1pl(pair[0])), ulps(l[1], pair[1] > 0 ? log1pl(pair[1]) : 0)));
    most_log1p = fmax(most_log1p, ulps(wf_log1p64(z), log1pl(z)));
  }
  CHECK(most_exp < 1, "f64x2_exp is within %.3f ulp", most_exp);
  CHECK(same, "f64x2_exp has the bits of wf_exp64");
  CHECK(most_log < 2, "f64x2_log1p is within %.3f ulp", most_log);
  CHECK(most_log1p < 2, "wf_log1p64 is within %.3f ulp", most_log1p);
  double far[2] = {-1e300, -INFINITY}, e[2];
  f64x2_store(e, f64x2_exp(f64x2_load(far)));
  CHECK(e[0] > 0 && e[0] < 1e-300 && e[1] == e[0], "f64x2_exp far below is %g, %g", e[0], e[1]);
  CHECK(wf_log1p64(0) == 0 && wf_log1p64(1e-320) == 1e-320, "wf_log1p64 of almost nothing is almost nothing");
}

/* ---- minima ------------------------------------------------------------------------------------------------------------ */

static void unscale(double *v, void *n) {
  double scale = 2;
  for (int i = 0; i < *(int *)n; i++, scale *= 4) v[i] /= scale;
}

/* Evaluations until the gradient is below 1e-10, at most 3000; the values at the points never rise. */
static int minimise(lbfgs *l, function *f, int n, lbfgs_precondition *precondition) {
  double g[64], last = INFINITY, most = 1;
  int count = 0;
  while (most > 1e-10 && count < 3000) {
    lbfgs_state state;
    if (count && !lbfgs_aim(l, precondition, &n)) break;
    do {
      double value = f(g, l->trial, n);
      state = lbfgs_tell(l, value, g);
      count++;
    } while (state == LBFGS_AGAIN);
    if (state == LBFGS_FAILED) break;
    CHECK(l->value <= last + 0x1p-40 * fabs(last), "values fall: %g after %g", l->value, last);
    last = l->value;
    most = 0;
    for (int i = 0; i < n; i++) most = fmax(most, fabs(l->gradient[i]));
  }
  return most > 1e-10 ? 3000 : count;
}

static void test_minima(void) {
  static const double start[64] = {-1.2, 1, -1.2, 1};
  for (int n = 2; n <= 30; n += 7)
    for (int pairs = 3; pairs <= 12; pairs += 9) {
      lbfgs *l = lbfgs_new(start, n, pairs);
      int count = minimise(l, rosenbrock, n, NULL);
      double most = 0;
      for (int i = 0; i < n; i++) most = fmax(most, fabs(l->point[i] - 1));
      CHECK(count < 400 && most < 1e-9, "Rosenbrock's valley, n %d, %d pairs: %d evaluations, off by %.1e", n, pairs, count, most);
      lbfgs_free(l);
    }
  lbfgs *l = lbfgs_new(start, 12, 10);
  int plain = minimise(l, bowl, 12, NULL);
  lbfgs_free(l);
  l = lbfgs_new(start, 12, 0);
  int newton = minimise(l, bowl, 12, unscale);
  lbfgs_free(l);
  CHECK(plain < 1000, "a bowl of condition 4e6 takes %d evaluations", plain); /* SciPy 1.10: 782 */
  CHECK(newton <= 3, "in the metric of its second derivatives %d", newton);
  l = lbfgs_new(start + 4, 3, 5);
  int count = minimise(l, barrier, 3, NULL);
  CHECK(count < 40 && fabs(l->point[0] - 0.5) < 1e-10, "values that are not finite are stepped back from: %d evaluations", count);
  lbfgs_free(l);
  l = lbfgs_new(start, 2, 5);
  CHECK(minimise(l, linear, 2, NULL) == 3000, "a function without a minimum ends in a failed search");
  lbfgs_free(l);
}

/* φ(t) = (t - 3)² - 9 and steeper ones: every step taken meets the strong Wolfe conditions. */
static void test_search(void) {
  for (double first = 1e-4; first < 1e5; first *= 7)
    for (int power = 1; power <= 3; power++) {
      search s = {.curvature = 0.9, .noise = 0x1p-40};
      double f = 0, d = 0;
      search_start(&s, pow(3, 2 * power), -2 * power * pow(3, 2 * power - 1), first);
      search_state state;
      int tries = 0;
      do {
        f = pow(s.step - 3, 2 * power);
        d = 2 * power * pow(s.step - 3, 2 * power - 1);
        state = search_next(&s, f, d);
        tries++;
      } while (state == SEARCH_AGAIN);
      CHECK(state == SEARCH_DONE && tries < 16, "first step %g, power %d: %d tries", first, 2 * power, tries);
      CHECK(f <= s.start.value + 1e-4 * s.step * s.start.slope && fabs(d) <= 0.9 * -s.start.slope, "Wolfe holds at step %g", s.step);
    }
}

/* φ(t) = -t up to 1, then slowly up: far out it is barely lower than at the start. */
static void test_decrease(void) {
  search s = {.curvature = 0.9, .noise = 0x1p-40};
  search_start(&s, 0, -1, 10.9999);
  CHECK(search_next(&s, -0.00001, 0.1) == SEARCH_AGAIN, "a step that gains next to nothing is not taken");
  CHECK(s.step > 0 && s.step < 10.9999, "the next one is shorter: %g", s.step);
  CHECK(search_next(&s, s.step < 1 ? -s.step : 0.1 * s.step - 1.1, s.step < 1 ? -0.5 : 0.1) == SEARCH_DONE, "and is taken");
}

/* A trial where value or slope is not finite is too far. */
static void test_not_finite(void) {
  static const double values[][2] = {{NAN, -1}, {INFINITY, -1}, {-INFINITY, -1}, {-5, NAN}, {-5, INFINITY}, {-5, -INFINITY}};
  for (int v = 0; v < 6; v++) {
    search s = {.curvature = 0.9, .noise = 0x1p-40};
    search_start(&s, 0, -1, 8);
    CHECK(search_next(&s, values[v][0], values[v][1]) == SEARCH_AGAIN && s.step > 0 && s.step < 8, "value %g, slope %g: next step %g",
          values[v][0], values[v][1], s.step);
  }
}

/* ---- Cholesky ---------------------------------------------------------------------------------------------------------- */

static void test_cholesky(void) {
  for (int n = 1; n <= 9; n++) {
    double a[81], factor[81], v[9], x[9], most = 0;
    for (int i = 0; i < n; i++)
      for (int j = 0; j < n; j++) a[i * n + j] = 1.0 / (1 + i + j) + (i == j); /* Hilbert's, lifted */
    for (int i = 0; i < n; i++) x[i] = i % 3 - 1.5;
    memcpy(factor, a, sizeof a);
    for (int i = 0; i < n; i++) {
      v[i] = 0;
      for (int j = 0; j < n; j++) v[i] += a[i * n + j] * x[j];
    }
    CHECK(cholesky_factor(factor, n) == 0, "n %d: no column depends on others", n);
    cholesky_solve(v, factor, n);
    for (int i = 0; i < n; i++) most = fmax(most, fabs(v[i] - x[i]));
    CHECK(most < 1e-14, "n %d: the solution is off by %.1e", n, most);
  }
  double twin[9] = {2, 2, 0, 2, 2, 0, 0, 0, 0}, v[3] = {2, 2, 5};
  CHECK(cholesky_factor(twin, 3) == 1, "one of two equal columns depends on the other");
  cholesky_solve(v, twin, 3);
  CHECK(fabs(v[0] + v[1] - 1) < 1e-10 && fabs(v[1]) < 1e-4 && v[2] == 5, "and hardly moves: %g, %g; a row of zeros stays: %g", v[0], v[1], v[2]);
}

int main(void) {
  test_functions();
  test_search();
  test_decrease();
  test_not_finite();
  test_minima();
  test_cholesky();
  return check_report("test_lbfgs");
}

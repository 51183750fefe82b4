/* distributions.c: tails and quantiles of the normal, t, F and chi² distributions · in: a statistic, degrees of freedom · out: a probability · next: inference.c
 *
 * One function carries them all, the upper tail of F with d1 and d2 degrees of freedom: t² is F(1, df), the normal is t with df = ∞, χ²/df is
 * F(df, ∞). It is the incomplete beta function I_x(a, b) with a = d2/2, b = d1/2, x = d2 / (d2 + d1 F), written so that an infinite d1 or d2
 * needs no case of its own: then it is the incomplete gamma function.
 * Tail = factor / K: K a continued fraction (Didonato, Morris, "Significant digit computation of the incomplete beta function ratios", ACM
 * TOMS 18, 1992, eq. 9-10), factor = x^a (1-x)^b / B(a, b) by deviances (Loader, "Fast and accurate computation of binomial
 * probabilities", 2000), which are sums of positive terms: no logarithm of a gamma function is ever taken off another.
 * Every deviation from F = 1 comes in as a number of its own, so that large degrees of freedom lose nothing. */
#include <math.h>

#include "../kernels/scalar64.h"
#include "../wasmfit.h"

/* z/3 + z²/5 + z³/7 + … = artanh(√z)/√z - 1, for 0 <= z < 1 */
static double artanh_rest(double z) {
  double sum = 0, power = z;
  for (int k = 3;; k += 2) {
    const double next = sum + power / k;
    if (!(next > sum)) return sum;
    sum = next;
    power *= z;
  }
}

/* ln Γ(a+1) - (a + ½) ln a + a - ½ ln 2π, the rest of Stirling's formula: its series from 12 on, below by Γ(a+1) = a Γ(a) */
static double stirling_rest(double a) {
  double sum = 0;
  for (; a < 12; a++) sum += a < 0.5 ? (a + 0.5) * wf_log64((a + 1) / a) - 1 : artanh_rest(1 / ((2 * a + 1) * (2 * a + 1)));
  const double z = 1 / (a * a);
  const double series = 1.0 / 12 - z * (1.0 / 360 - z * (1.0 / 1260 - z * (1.0 / 1680 - z * (1.0 / 1188 - z * (691.0 / 360360)))));
  return sum + series / a;
}

/* w - ln(1 + w) >= 0, given w and 1 + w */
static double deviance(double w, double ratio) {
  if (w < -0.5 || w > 1) return w - wf_log64(ratio);
  const double r = w / (2 + w);
  return r * (w - 2 * artanh_rest(r * r));
}

/* K = β₁ + α₂ / (β₂ + α₃ / (β₃ + …)) by Lentz's method, for x <= a / (a + b); bx = b x, lambda = a - (a + b) x.
 * q = 1 / (a + 2n - 1), u = (a + n - 1) q */
static double fraction(double a, double bx, double x, double lambda) {
  double q = 1 / (a + 1), u = a < 1 ? a * q : 1 - q, k = u * (lambda + 1), c = k, d = 0;
  for (double n = 1;; n++) {
    const double s = bx - n * x, alpha = u * (bx * q + u * x) * n * s, first = n + n * s * q;
    q = 1 / (a + 2 * n + 1);
    u = 1 - (n + 1) * q;
    const double beta = first + u * (lambda + 1 + n * (2 - x));
    d = 1 / (beta + alpha * d);
    c = beta + alpha / c;
    k *= c * d;
    if (!(fabs(c * d - 1) > 0x1p-52)) return k;
  }
}

typedef struct tails {
  double upper, lower;
  double slope; /* F · density at F: how fast the tails change with ln F */
} tails;

/* P(F > top / bottom) and P(F <= top / bottom). Below 1 the two change places, as 1/F is F(d2, d1). */
static tails f_tails(double top, double bottom, double d1, double d2) {
  if (top < bottom) {
    const tails mirrored = f_tails(bottom, top, d2, d1);
    return (tails){mirrored.lower, mirrored.upper, mirrored.slope};
  }
  /* w1 = x / (a / (a + b)) - 1 and w2, the same of 1 - x, are what F - 1 means for each of the two */
  const double excess = top - bottom, share = d1 / d2, i1 = 1 / d1, i2 = 1 / d2, h = 0.5 / (bottom * i1 + top * i2);
  const double sum1 = bottom + top * share, sum2 = bottom / share + top;
  double exponent = stirling_rest((d1 + d2) / 2) - stirling_rest(d1 / 2) - stirling_rest(d2 / 2);
  if (i1 > 0) exponent -= d1 / 2 * deviance(excess / sum1, top * (1 + share) / sum1);
  if (i2 > 0) exponent -= d2 / 2 * deviance(-excess / sum2, bottom * (1 / share + 1) / sum2);
  const double slope = wf_exp64(exponent) / sqrt(12.566370614359172954 * (i1 + i2)); /* 4π */
  const double upper = slope / fraction(d2 / 2, h * bottom, 2 * h * bottom * i1, h * excess);
  return (tails){upper, 1 - upper, slope};
}

/* Fewer than 0.01 or, in both places, more than 1e10 degrees of freedom would take the fraction too many steps. */
static int valid(double statistic, double d1, double d2) { return statistic == statistic && d1 >= 0.01 && d2 >= 0.01 && d1 <= 1e10; }

/* From FAR on, where t² would overflow, the tail of F is a power of F to the last bit, and that of χ² is 0. */
#define FAR 1e200

/* P(F > FAR · e^beyond) */
static double far_tail(double d1, double d2, double beyond) { return f_tails(FAR, 1, d1, d2).upper * wf_exp64(-d2 / 2 * beyond); }

double wf_f_sf(double f, double df1, double df2) {
  if (!valid(f, df1, df2)) return NAN;
  if (f > FAR) return far_tail(df1, df2, wf_log64(f / FAR));
  return f > 0 ? f_tails(f, 1, df1, df2).upper : 1;
}

double wf_chi2_sf(double x, double df) {
  if (!valid(x, df, INFINITY)) return NAN;
  return x > FAR ? 0 : x > 0 ? f_tails(x, df, df, INFINITY).upper : 1;
}

double wf_t_sf(double t, double df) {
  if (!valid(t, 1, df)) return NAN;
  if (t < 0) return 1 - wf_t_sf(-t, df);
  if (t > sqrt(FAR)) return far_tail(1, df, 2 * wf_log64(t / sqrt(FAR))) / 2;
  return f_tails(t * t, 1, 1, df).upper / 2;
}

/* F(1, df) near the point above which is the small share p: the normal distribution's asymptote z² + ln z² = -2 ln(p √2π), and
 * t² = df (e^(z²/df) - 1), which has the right power for small df */
static double far_guess(double p, double df) {
  const double y = -2 * wf_log64(p) - 1.8378770664093453, z2 = y - wf_log64(y), w = z2 / df;
  return w > 1e-3 ? df * (wf_exp64(w) - 1) : z2;
}

/* Newton's method for the logarithm of a tail as a function of ln F, which is concave: it comes down to the root from one side. */
double wf_t_quantile(double p, double df) {
  if (!valid(p, 1, df) || p < 0 || p > 1) return NAN;
  if (p > 0.5) return -wf_t_quantile(1 - p, df);
  if (p == 0 || p == 0.5) return p == 0 ? -INFINITY : 0;
  const double farthest = f_tails(FAR, 1, 1, df).upper / 2;
  if (p < farthest) return -sqrt(FAR) * wf_exp64(wf_log64(farthest / p) / df);
  const int central = p > 0.25; /* there p says less than its distance from ½ */
  const double share = central ? 1 - 2 * p : 2 * p;
  double f = central ? 1 : far_guess(p, df), step = 1;
  for (int i = 0; i < 100 && fabs(step) > 1e-8; i++) {
    const tails at = f_tails(f, 1, 1, df);
    const double tail = central ? at.lower : at.upper;
    step = wf_log64(tail / share) * tail / at.slope;
    f *= wf_exp64(central ? -step : step);
  }
  return -sqrt(f);
}

double wf_normal_cdf(double x) { return wf_t_sf(-x, INFINITY); }
double wf_normal_quantile(double p) { return wf_t_quantile(p, INFINITY); }

/* test_loss.c: values and gradients of every loss against PyTorch's, at any size · next: test_loss_rows.c */
#include "judge.h"

#include "../fixtures/losses.h"

static wf_config defaults(wf_loss loss) { return toy_config(1, 1, loss, WF_SGD); }

/* Bounds on errors. Values are computed in f64: beside 1e-12 there is only the rounding of the inputs to wf_real, which moves a value by at
 * most `inputs` times that. Slopes are wf_real. */
static const double rounding = sizeof(wf_real) == 8 ? 0 : 0x1p-24;
static double value_bound(double value, double inputs) { return 1e-12 * fmax(1, fabs(value)) + 2 * rounding * inputs; }
static double slope_bound(double slope, double size) { return 1e-12 * fmax(1, fabs(slope)) + 16 * rounding * (fabs(slope) + size); }

static void meets(const char *name, const char *what, int at, double got, double expected, double allowed) {
  CHECK(fabs(got - expected) <= allowed, "%s: %s %d is %.17g, not %.17g", name, what, at, got, expected);
}

static void elements_are_those_of_pytorch(const element_loss *e) {
  for (int i = 0; i < e->n; i++) {
    judged j;
    judge(&j, &e->config, &(judge_rows){.rows = 1, .K = 1, .z = e->z + i, .y = e->y + i, .positive = e->positive});
    double inputs = fabs(e->slope[i]) * (fabs(e->z[i]) + fabs(e->y[i]));
    meets(e->name, "loss", i, j.measures.loss, e->value[i], value_bound(e->value[i], inputs));
    meets(e->name, "slope", i, j.d[0], e->slope[i], slope_bound(e->slope[i], 1));
  }
}

/* All elements twice, as rows of two outputs of which the second has them backwards: means over rows and outputs. */
static void several_outputs_are_a_mean_over_all(const element_loss *e) {
  double z[32], y[32], sum = 0;
  for (int i = 0; i < e->n; i++) {
    z[2 * i] = e->z[i], z[2 * i + 1] = e->z[e->n - 1 - i];
    y[2 * i] = e->y[i], y[2 * i + 1] = e->y[e->n - 1 - i];
    sum += e->value[i] / e->n;
  }
  judged j;
  judge(&j, &e->config, &(judge_rows){.rows = e->n, .K = 2, .z = z, .y = y, .positive = e->positive});
  meets(e->name, "mean of outputs", 2, j.measures.loss, sum, value_bound(sum, sum));
  for (int i = 0; i < 2 * e->n; i++) {
    double expected = e->slope[i % 2 ? e->n - 1 - i / 2 : i / 2] / (2 * e->n);
    meets(e->name, "gradient of the mean", i, j.d[i], expected, slope_bound(expected, 0.5 / e->n));
  }
  CHECK(j.padding_is_zero, "%s writes into the padding of the gradient", e->name);
}

static void classes_are_those_of_pytorch(const class_loss *c) {
  double T = fmax(1, c->config.temperature);
  for (int r = 0; r < CLASS_ROWS; r++) {
    judged j;
    judge(&j, &c->config, &(judge_rows){.rows = 1, .K = CLASSES, .z = class_logits + r * CLASSES, .y = class_shares + r * CLASSES,
                                        .label = class_labels + r});
    meets(c->name, "loss of row", r, j.measures.loss, c->value[r], value_bound(c->value[r], T * T * (fabs(c->value[r]) + 2)));
    for (int k = r * CLASSES; k < (r + 1) * CLASSES; k++)
      meets(c->name, "slope", k, j.d[k % CLASSES], c->slope[k], slope_bound(c->slope[k], T));
    CHECK(j.padding_is_zero, "%s writes into the padding of the gradient", c->name);
  }
}

/* PyTorch's CrossEntropyLoss(weight) is Σ w_y l / Σ w_y: sample weights of the labels' classes. */
static void class_weights_are_sample_weights(void) {
  double weight[CLASS_ROWS];
  for (int r = 0; r < CLASS_ROWS; r++) weight[r] = class_weights[class_labels[r]];
  wf_config config = defaults(WF_CROSS_ENTROPY);
  judged j;
  judge(&j, &config, &(judge_rows){.rows = CLASS_ROWS, .K = CLASSES, .z = class_logits, .label = class_labels, .weight = weight});
  meets("class weights", "mean of losses", 0, j.measures.loss, weighted_mean, value_bound(weighted_mean, 0));
  for (int i = 0; i < CLASS_ROWS * CLASSES; i++)
    meets("class weights", "gradient", i, j.d[i], weighted_mean_gradient[i], slope_bound(weighted_mean_gradient[i], 0.1));
}

/* Where a prediction is nearly certain, loss and slope are as small as they are and not what is left of 1. */
static void tails_keep_their_digits(void) {
  static const wf_loss losses[] = {WF_BINARY_CROSS_ENTROPY, WF_BINARY_FOCAL, WF_CROSS_ENTROPY, WF_FOCAL};
  for (int i = 0; i < 4; i++) {
    wf_config config = defaults(losses[i]);
    config.gamma = 1;
    config.focal_alpha = 1;
    for (double z = 5; z < 40; z += 0.625) {
      double e = exp(-z), l = log1p(e), q = e / (1 + e), value = i % 2 ? q * l : l, slope = i % 2 ? -q * (q + (1 - q) * l) : -q;
      judged j;
      judge(&j, &config, &(judge_rows){.rows = 1, .K = i < 2 ? 1 : 2, .z = (double[]){z, 0}, .y = (double[]){1}, .label = (int32_t[]){0}});
      meets(loss_names[losses[i]], "certain loss", (int)(8 * z), j.measures.loss, value, 1e-13 * value);
      meets(loss_names[losses[i]], "certain slope", (int)(8 * z), j.d[0], slope, fmax(1e-13, 16 * half_ulp) * fabs(slope));
    }
  }
}

static void log_cosh_keeps_its_digits_near_zero(void) {
  wf_config config = defaults(WF_LOG_COSH);
  for (double z = 0x1p-40; z < 1; z *= 2) {
    double s = sinh(z / 2), value = log1p(2 * s * s);
    judged j;
    judge(&j, &config, &(judge_rows){.rows = 1, .K = 1, .z = &z, .y = (double[]){0}});
    meets("log cosh", "near 0", 0, j.measures.loss, value, 1e-12 * value);
    meets("log cosh", "slope near 0", 0, j.d[0], tanh(z), fmax(1e-12, half_ulp) * z);
  }
}

static void errors_of_both_signs_count_alike(void) {
  static const wf_loss losses[] = {WF_MSE, WF_MAE, WF_HUBER, WF_LOG_COSH};
  for (int i = 0; i < 4; i++)
    for (double e = 0x1p-8; e < 100; e *= 2) {
      wf_config config = defaults(losses[i]);
      judged above, below;
      judge(&above, &config, &(judge_rows){.rows = 1, .K = 1, .z = (double[]){1 + e}, .y = (double[]){1}});
      judge(&below, &config, &(judge_rows){.rows = 1, .K = 1, .z = (double[]){1 - e}, .y = (double[]){1}});
      meets(loss_names[losses[i]], "loss below", i, below.measures.loss, above.measures.loss, 0);
      meets(loss_names[losses[i]], "slope below", i, below.d[0], -above.d[0], 0);
    }
}

/* PyTorch's kl_div: twice the shares are Σ 2 t (log 2 + log t - log p). */
static void shares_need_not_sum_to_one(void) {
  wf_config config = defaults(WF_KL_DIVERGENCE);
  double twice[CLASSES], z[CLASSES] = {0.5, -1, 2, 0}, all = 0;
  for (int k = 0; k < CLASSES; k++) twice[k] = 2 * class_shares[k], all += class_shares[k];
  judged one, two;
  judge(&one, &config, &(judge_rows){.rows = 1, .K = CLASSES, .z = z, .y = class_shares});
  judge(&two, &config, &(judge_rows){.rows = 1, .K = CLASSES, .z = z, .y = twice});
  meets("klDivergence", "loss of twice the shares", 0, two.measures.loss, 2 * one.measures.loss + 2 * log(2) * all, 1e-6);
  for (int k = 0; k < CLASSES; k++) meets("klDivergence", "slope of twice the shares", k, two.d[k], 2 * one.d[k], 1e-6);
}

static void logits_of_any_size_stay_finite(void) {
  static const double sizes[] = {0, 1e-30, 1, 88, 1e4, 1e30};
  for (int loss = 0; loss < WF_LOSS_COUNT; loss++) {
    wf_config config = defaults((wf_loss)loss);
    config.distillation = 0.5;
    config.label_smoothing = 0.1;
    for (int s = 0; s < 6 && (loss != WF_POISSON || s < 3); s++)
      for (int signs = 0; signs < 8; signs++) {
        double z[3], y[3] = {0.25, 0.75, 0};
        for (int k = 0; k < 3; k++) z[k] = signs >> k & 1 ? -sizes[s] : sizes[s];
        judged j;
        judge(&j, &config, &(judge_rows){.rows = 1, .K = 3, .z = z, .y = y, .label = (int32_t[]){1}});
        CHECK(j.measures.loss >= -1e-12 && j.measures.loss < 1e90, "%s of outputs ±%g is %g", loss_names[loss], sizes[s], j.measures.loss);
        for (int k = 0; k < 3; k++) CHECK(isfinite(j.d[k]), "%s: its slope is %g", loss_names[loss], j.d[k]);
      }
  }
}

/* e^200 is beyond f32, and e^710 beyond f64. */
static void losses_are_summed_in_64_bits(void) {
  wf_config config = defaults(WF_POISSON);
  judged j;
  judge(&j, &config, &(judge_rows){.rows = 1, .K = 1, .z = (double[]){200}, .y = (double[]){3}});
  CHECK(fabs(j.measures.loss / exp(200) - 1) < 1e-14, "poisson of 200 is %g", j.measures.loss);
  judge(&j, &config, &(judge_rows){.rows = 1, .K = 1, .z = (double[]){1e4}, .y = (double[]){3}});
  CHECK(isinf(j.measures.loss), "poisson of 1e4 is %g", j.measures.loss);
  config.loss = WF_MSE;
  judge(&j, &config, &(judge_rows){.rows = 1, .K = 1, .z = (double[]){1e30}, .y = (double[]){0}});
  CHECK(fabs(j.measures.loss / 1e60 - 1) < 1e-6, "mse of 1e30 is %g", j.measures.loss);
}

static void a_nan_is_never_lost(void) {
  for (int loss = 0; loss < WF_LOSS_COUNT; loss++)
    for (int k = 0; k < 3; k++) {
      wf_config config = defaults((wf_loss)loss);
      double z[3] = {1, 2, 3};
      z[k] = (double)NAN;
      judged j;
      judge(&j, &config, &(judge_rows){.rows = 1, .K = 3, .z = z, .y = (double[]){0, 1, 0}, .label = (int32_t[]){1}});
      CHECK(!isfinite(j.measures.loss), "%s of a NaN at output %d is %g", loss_names[loss], k, j.measures.loss);
    }
}

/* Loss, gradient and probabilities of 150 classes, by the definition, where the greatest output stands in the first, second and last part. */
static void many_classes_are_judged_alike(void) {
  enum { MANY = 150, STRIDE = 152 };
  for (int greatest = 5; greatest < MANY; greatest += 72) {
    wf_real *z = toy_numbers(STRIDE, 3), z1[STRIDE], z2[STRIDE], shares[MANY] = {0}, d[2 * STRIDE] = {0};
    double all = 0, residual[MANY], tally[3 * MANY];
    int32_t label = 77;
    z[greatest] = 4;
    shares[label] = 1;
    for (int k = 0; k < MANY; k++) all += exp((double)z[k]);
    for (int kl = 0; kl < 2; kl++) {
      wf_model model = {.config = defaults(kl ? WF_KL_DIVERGENCE : WF_CROSS_ENTROPY), .K = MANY};
      wf_rows rows = {.y = kl ? (const void *)shares : &label, .rows = 1};
      wf_sums sums = {.residual = residual, .tally = tally};
      wf_sums_clear(&sums, MANY);
      memcpy(kl ? z2 : z1, z, sizeof z1);
      wf_loss_rows(&sums, d + kl * STRIDE, kl ? z2 : z1, &model, &(wf_batch){.rows = &rows, .B = 1}, MANY, STRIDE);
      meets("150 classes", "loss", greatest, sums.loss, log(all) - (double)z[label], 1e-13);
      for (int k = 0; k < MANY; k++)
        meets("150 classes", "slope", k, (double)d[kl * STRIDE + k], exp((double)z[k]) / all - (k == label), 1e-13 + 16 * rounding);
    }
    wf_config config = defaults(WF_CROSS_ENTROPY);
    memcpy(z1, z, sizeof z1);
    wf_loss_probabilities(z1, &config, 1, MANY, STRIDE);
    for (int k = 0; k < MANY; k++)
      meets("150 classes", "probability", k, (double)z1[k], exp((double)z[k]) / all, 1e-13 + 16 * rounding);
    free(z);
  }
}

static void probabilities_follow_the_loss(void) {
  for (int loss = 0; loss < WF_LOSS_COUNT; loss++) {
    wf_config config = defaults((wf_loss)loss);
    wf_targets kind = wf_loss_targets((wf_loss)loss);
    int classes = kind == WF_CLASS || kind == WF_SHARES;
    config.temperature = 3;
    for (int r = 0; r < CLASS_ROWS; r++) {
      wf_real z[8] = {0};
      for (int k = 0; k < CLASSES; k++) z[k] = (wf_real)class_logits[r * CLASSES + k];
      wf_loss_probabilities(z, &config, 1, CLASSES, 8);
      for (int k = 0; k < CLASSES; k++) {
        double x = class_logits[r * CLASSES + k], p = classes ? class_softmax[r * CLASSES + k] : x;
        if (kind == WF_BINARY) p = 1 / (1 + exp(-x));
        if (loss == WF_POISSON) p = exp(x);
        if (sizeof(wf_real) == 4 && p > 3.5e38) p = INFINITY;
        if ((double)z[k] != p) meets(loss_names[loss], "probability", r * CLASSES + k, (double)z[k], p, slope_bound(p, classes ? 1 : 0));
      }
    }
  }
}

int main(void) {
  for (size_t i = 0; i < sizeof element_losses / sizeof element_losses[0]; i++) {
    elements_are_those_of_pytorch(&element_losses[i]);
    several_outputs_are_a_mean_over_all(&element_losses[i]);
  }
  for (size_t i = 0; i < sizeof class_losses / sizeof class_losses[0]; i++) classes_are_those_of_pytorch(&class_losses[i]);
  class_weights_are_sample_weights();
  tails_keep_their_digits();
  log_cosh_keeps_its_digits_near_zero();
  errors_of_both_signs_count_alike();
  shares_need_not_sum_to_one();
  logits_of_any_size_stay_finite();
  losses_are_summed_in_64_bits();
  a_nan_is_never_lost();
  many_classes_are_judged_alike();
  probabilities_follow_the_loss();
  return check_report("test_loss");
}

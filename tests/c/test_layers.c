/* test_layers.c: dropout, batch and layer normalisation by themselves: PyTorch's numbers, what masks and running statistics may do
 * next: test_stacks.c
 *
 * In the double build the numbers meet to 1e-12; in the float build within bounds computed from the rounding of inputs and statistics. */
#include <math.h>

#include "../../src/core/arena.h"
#include "../../src/core/model.h"
#include "../fixtures/normalisation.h"
#include "check.h"
#include "toy.h"

static const double unit = sizeof(wf_real) == 8 ? 0x1p-53 : 0x1p-24; /* half the spacing of numbers at 1 */

/* A dense layer, whose outputs a test sets by hand, and the layer under test behind it. */
typedef struct pair {
  wf_model *model;
  wf_pass pass;
  char *memory;
  wf_real *gradient;
  int O8;
} pair;

static pair pair_new(wf_layer_kind kind, int units, int B, double rate) {
  wf_layer_config layers[] = {toy_layer(units, WF_IDENTITY), toy_layer(units, WF_IDENTITY)};
  layers[1].kind = kind;
  layers[1].rate = rate;
  wf_config config = toy_config(2, 2, WF_MSE, WF_SGD);
  pair p = {.model = wf_model_new(&config, layers), .O8 = round8(units)};
  arena a = {NULL, 0};
  wf_pass_layout(&p.pass, &a, p.model, B, 1, 0);
  p.memory = arena_memory(&a);
  a = (arena){p.memory, 0};
  wf_pass_layout(&p.pass, &a, p.model, B, 1, 0);
  wf_pass_connect(&p.pass, p.model);
  p.pass.w = p.model->slots;
  p.gradient = calloc(p.model->padded, sizeof *p.gradient);
  return p;
}

static void pair_free(pair *p) {
  wf_model_free(p->model);
  wf_free(p->memory);
  free(p->gradient);
}

static void set(wf_real *rows, int O8, const double *values, int B, int columns) {
  for (int i = 0; i < B * columns; i++) rows[i / columns * O8 + i % columns] = (wf_real)values[i];
}

static void set_parameters(pair *p, const double *weight, const double *bias, int columns) {
  const wf_layer *layer = &p->model->layers[1];
  for (int c = 0; c < columns; c++) {
    p->model->slots[layer->weight + (size_t)c] = (wf_real)weight[c];
    p->model->slots[layer->bias + (size_t)c] = (wf_real)bias[c];
  }
}

static wf_update collect(pair *p) { return (wf_update){.kind = WF_UPDATE_GRADIENT, .gradient = p->gradient}; }

static void near(double got, double want, double tolerance, const char *what, int row, int column) {
  CHECK(fabs(got - want) <= tolerance, "%s (%d,%d) is %.15g, PyTorch %.15g, allowed %.2g", what, row, column, got, want, tolerance);
}

/* ---- batch normalisation -------------------------------------------------------------------------------------------- */

/* Rounding an input by one unit moves x̂ by up to |x| / sd units, through the mean and the variance as well. */
typedef struct bounds { double y, dx, sum, mean, variance; } bounds;

static bounds bounds_of(const batch_norm_case *c, int column, double mean, double variance) {
  double most = fabs(mean), x_hat = 0, inverse = 1 / sqrt(variance + 1e-5), w = norm_weight[column];
  for (int r = 0; r < 4; r++) {
    most = fmax(most, fabs(c->x[r][column]));
    x_hat = fmax(x_hat, fabs(c->x[r][column] - mean) * inverse);
  }
  double moved = unit * (4 + 2 * most * inverse) * (1 + x_hat * x_hat), largest_dy = 1.2;
  return (bounds){.y = w * moved + 2 * unit * fabs(norm_bias[column]), .dx = 4 * w * inverse * largest_dy * moved,
                  .sum = 4 * largest_dy * moved, .mean = 2 * unit * most, .variance = 4 * unit * (variance + most * sqrt(variance))};
}

static void batch_mean_and_variance(double *mean, double *variance, const batch_norm_case *c, int column) {
  *mean = *variance = 0;
  for (int r = 0; r < 4; r++) *mean += c->x[r][column] / 4;
  for (int r = 0; r < 4; r++) *variance += (c->x[r][column] - *mean) * (c->x[r][column] - *mean) / 4;
}

static void check_batch_norm(pair *p, const batch_norm_case *c, const bounds *b) {
  const wf_layer *layer = &p->model->layers[1];
  for (int i = 0; i < 12; i++) {
    int r = i / 3, k = i % 3;
    near((double)p->pass.a[1][r * p->O8 + k], c->y[r][k], b[k].y, "y", r, k);
    near((double)p->pass.d[0][r * p->O8 + k], c->dx[r][k], b[k].dx, "dx", r, k);
  }
  for (size_t k = 0; k < 3; k++) {
    near((double)p->gradient[layer->weight + k], c->dw[k], b[k].sum, "dw", 0, (int)k);
    near((double)p->gradient[layer->bias + k], c->db[k], b[k].sum, "db", 0, (int)k);
  }
}

static void batch_norm_is_pytorchs(void) {
  pair p = pair_new(WF_BATCH_NORM, 3, 4, 0);
  const wf_layer *layer = &p.model->layers[1];
  const wf_real *running = p.model->slots + layer->running;
  wf_update update = collect(&p);
  double mean_bound[3] = {0}, variance_bound[3] = {0};
  bounds b[3];
  set_parameters(&p, norm_weight, norm_bias, 3);
  for (int t = 0; t < 3; t++) {
    const batch_norm_case *c = &batch_norm_train[t];
    set(p.pass.a[0], p.O8, c->x[0], 4, 3);
    set(p.pass.d[1], p.O8, norm_dy[0], 4, 3);
    wf_batch_norm_forward(&p.pass, p.model, p.model->slots, 1, 4, WF_TRAIN);
    wf_batch_norm_backward(&p.pass, p.model, &update, 1, 4);
    for (int k = 0; k < 3; k++) {
      double mean, variance;
      batch_mean_and_variance(&mean, &variance, c, k);
      b[k] = bounds_of(c, k, mean, variance);
      mean_bound[k] = 0.9 * mean_bound[k] + 0.1 * b[k].mean + 4 * unit * fabs(c->running_mean[k]);
      variance_bound[k] = 0.9 * variance_bound[k] + 0.2 * b[k].variance + 4 * unit * c->running_variance[k];
      near((double)running[k], c->running_mean[k], mean_bound[k], "running mean after batch", t, k);
      near((double)running[8 + k], c->running_variance[k], variance_bound[k], "running variance after batch", t, k);
    }
    check_batch_norm(&p, c, b);
  }
  const batch_norm_case *c = &batch_norm_eval;
  for (int k = 0; k < 3; k++) b[k] = bounds_of(c, k, c->running_mean[k], c->running_variance[k]);
  set(p.pass.a[0], p.O8, c->x[0], 4, 3);
  wf_batch_norm_forward(&p.pass, p.model, p.model->slots, 1, 4, WF_PREDICT);
  for (int i = 0; i < 12; i++) near((double)p.pass.a[1][i / 3 * p.O8 + i % 3], c->y[i / 3][i % 3], b[i % 3].y, "predicted y", i / 3, i % 3);
  pair_free(&p);
}

/* Row by row in training gives what PyTorch gives in evaluation mode, gradients too: the rule for a batch of one row. */
static void a_batch_of_one_row_goes_by_the_running_statistics(void) {
  pair p = pair_new(WF_BATCH_NORM, 3, 4, 0);
  const wf_layer *layer = &p.model->layers[1];
  const batch_norm_case *c = &batch_norm_eval;
  double dw[3] = {0};
  set_parameters(&p, norm_weight, norm_bias, 3);
  set(p.model->slots + layer->running, 8, c->running_mean, 1, 3);
  set(p.model->slots + layer->running + 8, 8, c->running_variance, 1, 3);
  wf_real before[16];
  memcpy(before, p.model->slots + layer->running, sizeof before);
  for (int r = 0; r < 4; r++) {
    wf_update update = collect(&p);
    set(p.pass.a[0], p.O8, c->x[r], 1, 3);
    set(p.pass.d[1], p.O8, norm_dy[r], 1, 3);
    wf_batch_norm_forward(&p.pass, p.model, p.model->slots, 1, 1, WF_TRAIN);
    wf_batch_norm_backward(&p.pass, p.model, &update, 1, 1);
    for (int k = 0; k < 3; k++) {
      bounds b = bounds_of(c, k, c->running_mean[k], c->running_variance[k]);
      near((double)p.pass.a[1][k], c->y[r][k], b.y, "y of one row", r, k);
      near((double)p.pass.d[0][k], c->dx[r][k], 4 * unit * fabs(c->dx[r][k]), "dx of one row", r, k);
      dw[k] += (double)p.gradient[layer->weight + (size_t)k];
      if (r == 3) near(dw[k], c->dw[k], 4 * b.sum, "dw of four rows", 0, k);
    }
  }
  CHECK(memcmp(before, p.model->slots + layer->running, sizeof before) == 0, "one row moved the running statistics");
  pair_free(&p);
}

/* Whole numbers in 64 rows, whose mean and differences are exact: x̂ must not depend on the mean at all. Of a constant column it is 0. */
static void a_large_mean_costs_no_bit(void) {
  enum { B = 64, COLUMNS = 11 };
  pair p = pair_new(WF_BATCH_NORM, COLUMNS, B, 0), q = pair_new(WF_BATCH_NORM, COLUMNS, B, 0);
  for (int i = 0; i < B * COLUMNS; i++) {
    int r = i / COLUMNS, c = i % COLUMNS, at = r * p.O8 + c;
    p.pass.a[0][at] = c == 10 ? (wf_real)0.1 : (wf_real)((r * r * (c + 3)) % 61);
    q.pass.a[0][at] = c == 10 ? (wf_real)0.1 : p.pass.a[0][at] + (wf_real)(1 << 20);
  }
  wf_batch_norm_forward(&p.pass, p.model, p.model->slots, 1, B, WF_TRAIN);
  wf_batch_norm_forward(&q.pass, q.model, q.model->slots, 1, B, WF_TRAIN);
  for (int i = 0; i < B * COLUMNS; i++) {
    int r = i / COLUMNS, c = i % COLUMNS, at = r * p.O8 + c;
    double plain = (double)p.pass.z[1][at], moved = (double)q.pass.z[1][at];
    if (c == 10) CHECK(fabs(plain) <= (sizeof(wf_real) == 8 ? 1e-13 : 0), "x̂ of a constant column is %g", plain);
    else CHECK(plain == moved, "x̂ (%d,%d) is %.17g, with 2^20 added to the column %.17g", r, c, plain, moved);
  }
  pair_free(&p);
  pair_free(&q);
}

/* ---- layer normalisation -------------------------------------------------------------------------------------------- */

static void layer_norm_is_pytorchs(void) {
  pair p = pair_new(WF_LAYER_NORM, 3, 4, 0);
  const wf_layer *layer = &p.model->layers[1];
  wf_update update = collect(&p);
  double tolerance = 64 * unit; /* all numbers are of size 1, up to 4 sd / mean */
  for (int i = 0; i < 4 * p.O8; i++) p.pass.a[0][i] = (wf_real)0.5; /* padding columns that are not zero, as behind a sigmoid */
  set(p.pass.a[0], p.O8, layer_norm_x[0], 4, 3);
  set(p.pass.d[1], p.O8, norm_dy[0], 4, 3);
  wf_layer_norm_forward(&p.pass, p.model, p.model->slots, 1, 4);
  wf_layer_norm_backward(&p.pass, p.model, &update, 1, 4);
  for (int i = 0; i < 12; i++) {
    int r = i / 3, k = i % 3;
    near((double)p.pass.a[1][r * p.O8 + k], layer_norm_y[r][k], tolerance, "layerNorm y", r, k);
    near((double)p.pass.d[0][r * p.O8 + k], layer_norm_dx[r][k], tolerance, "layerNorm dx", r, k);
  }
  for (int k = 0; k < 3; k++) {
    near((double)p.gradient[layer->weight + (size_t)k], layer_norm_dw[k], tolerance, "layerNorm dw", 0, k);
    near((double)p.gradient[layer->bias + (size_t)k], layer_norm_db[k], tolerance, "layerNorm db", 0, k);
  }
  for (int i = 0; i < 4 * p.O8; i++)
    CHECK(i % p.O8 < 3 || (p.pass.a[1][i] == 0 && p.pass.d[0][i] == 0), "column %d, beyond the last, is %g with gradient %g", i % p.O8,
          (double)p.pass.a[1][i], (double)p.pass.d[0][i]);
  pair_free(&p);
}

/* ---- dropout ---------------------------------------------------------------------------------------------------------- */

static void dropout_is_pytorchs_for_a_given_mask(void) {
  pair p = pair_new(WF_DROPOUT, 4, 4, 0.4);
  set(p.pass.a[0], p.O8, dropout_x[0], 2, 4);
  wf_dropout_forward(&p.pass, p.model, 1, 2, WF_TRAIN);
  for (int i = 0; i < 8; i++) {
    int at = i / 4 * p.O8 + i % 4;
    double mask = (double)p.pass.z[1][at], x = dropout_x[i / 4][i % 4];
    CHECK(mask == 0 || fabs(mask - 1 / 0.6) < 4 * unit, "a mask of %g", mask);
    near((double)p.pass.a[1][at], mask == 0 ? 0 : x / 0.6, 8 * unit * fabs(x), "dropout y", i / 4, i % 4);
  }
  for (int i = 0; i < 8; i++) p.pass.z[1][i / 4 * p.O8 + i % 4] = (wf_real)(dropout_mask[i / 4][i % 4] / 0.6);
  set(p.pass.d[1], p.O8, dropout_dy[0], 2, 4);
  wf_dropout_backward(&p.pass, p.model, 1, 2);
  for (int i = 0; i < 8; i++)
    near((double)p.pass.d[0][i / 4 * p.O8 + i % 4], dropout_dx[i / 4][i % 4], 8 * unit, "dropout dx", i / 4, i % 4);
  for (int i = 0; i < 8; i++) p.pass.a[0][i] = i % 2 ? (wf_real)INFINITY : (wf_real)-INFINITY;
  wf_dropout_forward(&p.pass, p.model, 1, 1, WF_TRAIN);
  for (int i = 0; i < 8; i++)
    CHECK(p.pass.z[1][i] > 0 ? isinf(p.pass.a[1][i]) : p.pass.a[1][i] == 0, "an infinite input became %g", (double)p.pass.a[1][i]);
  wf_dropout_forward(&p.pass, p.model, 1, 4, WF_PREDICT);
  CHECK(memcmp(p.pass.a[1], p.pass.a[0], 4 * 8 * sizeof(wf_real)) == 0, "dropout acts in prediction");
  pair_free(&p);
}

/* Shares of kept elements and of agreement between masks, in standard deviations of their binomial distributions. */
static void masks_are_new_each_time(void) {
  enum { B = 64, UNITS = 512, N = B * UNITS };
  static const double rates[] = {0.001, 0.2, 0.5, 0.9};
  for (int i = 0; i < 4; i++) {
    pair p = pair_new(WF_DROPOUT, UNITS, B, rates[i]);
    wf_real *last = calloc(N, sizeof *last);
    for (int draw = 0; draw < 6; draw++) {
      double dropped = 0, both = 0, q = rates[i];
      wf_model_set_progress(p.model, draw < 4 ? draw : 3, 0, 1);
      p.pass.first = draw < 4 ? 0 : draw * B; /* the last two: other batches of the same step */
      wf_dropout_forward(&p.pass, p.model, 1, B, WF_TRAIN);
      for (int e = 0; e < N; e++) {
        dropped += p.pass.z[1][e] == 0;
        both += p.pass.z[1][e] == 0 && last[e] == 0;
      }
      double sd = sqrt(q * (1 - q) * N), sd_both = sqrt(q * q * (1 - q * q) * N);
      CHECK(fabs(dropped - q * N) < 4 * sd, "rate %g: %g of %d are dropped", q, dropped, N);
      CHECK(draw == 0 || fabs(both - q * q * N) < 4 * sd_both + 1, "rate %g: %g elements are dropped twice, of %d", q, both, N);
      memcpy(last, p.pass.z[1], N * sizeof *last);
      wf_dropout_forward(&p.pass, p.model, 1, B, WF_TRAIN);
      CHECK(memcmp(last, p.pass.z[1], N * sizeof *last) == 0, "the same step has another mask");
    }
    free(last);
    pair_free(&p);
  }
}

int main(void) {
  batch_norm_is_pytorchs();
  a_batch_of_one_row_goes_by_the_running_statistics();
  a_large_mean_costs_no_bit();
  layer_norm_is_pytorchs();
  dropout_is_pytorchs_for_a_given_mask();
  masks_are_new_each_time();
  return check_report("test_layers");
}

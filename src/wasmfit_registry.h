/* wasmfit_registry.h: section 3 of the C API: what there is to choose from, and every field of a configuration, once each
 * in: nothing · out: X lists; enums, structs, checks and JavaScript's tables are held to them · next: wasmfit.h */
#ifndef WASMFIT_REGISTRY_H
#define WASMFIT_REGISTRY_H

/* An entry's place is its code. tests/js/registry.test.js holds src/js/registry.js to these lists. */

/* Layers.  X(CODE, name in JavaScript); core/pass.c, core/norm.c, core/dropout.c */
#define WF_LAYERS(X) X(DENSE, "dense") X(DROPOUT, "dropout") X(BATCH_NORM, "batchNorm") X(LAYER_NORM, "layerNorm")
/* Activations.  z is the pre-activation; formulas in kernels/activation.h */
#define WF_ACTIVATIONS(X) \
  X(IDENTITY, "identity") X(RELU, "relu") X(LEAKY_RELU, "leakyRelu") X(TANH, "tanh") X(SIGMOID, "sigmoid") \
  X(SOFTPLUS, "softplus") X(ELU, "elu") X(GELU, "gelu") X(SILU, "silu")
/* Losses.  X(CODE, name, targets): NUMBERS (N,K), metric R²; CLASS: index (N), metric accuracy by the greatest output; BINARY: 0..1
 * (N,K), accuracy by the sign of the output; SHARES (N,K) of the classes, accuracy by the greatest. Formulas in core/loss.h */
#define WF_LOSSES(X) \
  X(MSE, "mse", NUMBERS) X(CROSS_ENTROPY, "crossEntropy", CLASS) X(BINARY_CROSS_ENTROPY, "binaryCrossEntropy", BINARY) \
  X(MAE, "mae", NUMBERS) X(HUBER, "huber", NUMBERS) X(LOG_COSH, "logCosh", NUMBERS) X(QUANTILE, "quantile", NUMBERS) \
  X(POISSON, "poisson", NUMBERS) X(FOCAL, "focal", CLASS) X(BINARY_FOCAL, "binaryFocal", BINARY) X(HINGE, "hinge", BINARY) \
  X(SQUARED_HINGE, "squaredHinge", BINARY) X(KL_DIVERGENCE, "klDivergence", SHARES)
/* Optimisers.  X(CODE, name, most state slots a weight); formulas in kernels/update.h, core/optimizer.c, core/full_batch.c */
#define WF_OPTIMIZERS(X) \
  X(SGD, "sgd", 1) X(ADAM, "adam", 3) X(ADAGRAD, "adagrad", 1) X(ADADELTA, "adadelta", 2) X(RMSPROP, "rmsprop", 3) \
  X(ADAMW, "adamw", 3) X(NADAM, "nadam", 2) X(RADAM, "radam", 2) X(LBFGS, "lbfgs", 0) X(CONJUGATE_GRADIENT, "conjugateGradient", 0) \
  X(NEWTON_CG, "newtonCG", 0)
/* Initialisers of weights.  Fan in I, fan out O; biases start at zero, but for TORCH; core/init.c */
#define WF_INITIALIZERS(X) \
  X(AUTO, "auto") X(HE_UNIFORM, "heUniform") X(HE_NORMAL, "heNormal") X(GLOROT_UNIFORM, "glorotUniform") \
  X(GLOROT_NORMAL, "glorotNormal") X(LECUN_UNIFORM, "lecunUniform") X(LECUN_NORMAL, "lecunNormal") \
  X(TORCH, "torch") X(ZEROS, "zeros")
/* Schedules of the learning rate; formulas in core/schedule.c */
#define WF_SCHEDULES(X) \
  X(CONSTANT, "constant") X(STEP, "step") X(MULTI_STEP, "multiStep") X(EXPONENTIAL, "exponential") X(INVERSE_TIME, "inverseTime") \
  X(POLYNOMIAL, "polynomial") X(COSINE, "cosine") X(COSINE_RESTARTS, "cosineRestarts") X(ONE_CYCLE, "oneCycle") \
  X(PLATEAU, "plateau")
/* Schedules of the batch size; core/batch.h */
#define WF_BATCH_SCHEDULES(X) X(BATCH_CONSTANT, "constant") X(BATCH_GROWING, "growing") X(BATCH_RANDOM, "random")
/* Averages of the weights over steps; core/average.c */
#define WF_AVERAGES(X) X(AVERAGE_NONE, "none") X(EMA, "ema") X(SWA, "swa")
/* Seeded resampling of the classes each epoch; core/batch.h */
#define WF_RESAMPLES(X) X(RESAMPLE_NONE, "none") X(OVERSAMPLE, "over") X(UNDERSAMPLE, "under")

/* Fields.  X(field, least, greatest, kind): the field's order is its index in a fault. Kinds: INT a whole number, REAL a finite number,
 * OPEN a finite number below (not at) the greatest. */
#define WF_CONFIG_FIELDS(X) \
  X(inputs, 1, 1e6, INT)                                  /* D */ \
  X(layers, 1, 64, INT)                                   /* L */ \
  X(loss, 0, WF_LOSS_COUNT - 1, INT)                      /* wf_loss */ \
  X(delta, 1e-30, 1e30, REAL)                             /* Huber: where the square ends */ \
  X(quantile, 0, 1, REAL)                                 /* quantile loss: which */ \
  X(label_smoothing, 0, 1, OPEN)                          /* crossEntropy: (1 - s) onehot + s/K */ \
  X(positive_weight, 0, 1e6, REAL)                        /* binaryCrossEntropy: factor of the positive term */ \
  X(gamma, 0, 1e3, REAL)                                  /* focal losses: exponent of 1 - p */ \
  X(focal_alpha, 0, 1, REAL)                              /* binaryFocal: weight of positives, negatives have 1 - it */ \
  X(temperature, 1e-3, 1e3, REAL)                         /* klDivergence: divides the logits */ \
  X(distillation, 0, 1, REAL)                             /* klDivergence: its share; the rest is cross-entropy of hard labels */ \
  X(seed, 0, 9007199254740992.0, INT)                     \
  X(optimizer, 0, WF_OPTIMIZER_COUNT - 1, INT)            /* wf_optimizer */ \
  X(learning_rate, 0, 1e6, REAL)                          \
  X(momentum, 0, 1, OPEN)                                 /* SGD, RMSprop */ \
  X(dampening, 0, 1, REAL)                                /* SGD */ \
  X(nesterov, 0, 1, INT)                                  /* SGD; needs momentum > 0 and dampening 0 */ \
  X(beta1, 0, 1, OPEN)                                    /* the Adam family */ \
  X(beta2, 0, 1, OPEN)                                    /* the Adam family */ \
  X(epsilon, 1e-30, 1, REAL)                              /* above 0, so that an idle unit never gives 0/0 */ \
  X(weight_decay, 0, 1e6, REAL)                           /* L2: adds weight_decay · w to the gradient, as PyTorch; AdamW: decoupled */ \
  X(decay, 0, 1, OPEN)                                    /* RMSprop's alpha, Adadelta's rho */ \
  X(centered, 0, 1, INT)                                  /* RMSprop */ \
  X(amsgrad, 0, 1, INT)                                   /* Adam, AdamW */ \
  X(learning_rate_decay, 0, 1e6, REAL)                    /* Adagrad */ \
  X(initial_accumulator, 0, 1e30, REAL)                   /* Adagrad */ \
  X(momentum_decay, 0, 1, REAL)                           /* Nadam */ \
  X(memory, 1, 100, INT)                                  /* L-BFGS: pairs */ \
  X(tolerance, 0, 1, REAL)                                /* full batch: greatest gradient that ends the fit as converged */ \
  X(loss_tolerance, 0, 1, REAL)                           /* full batch: relative change of the loss that does */
#define WF_LAYER_FIELDS(X) \
  X(kind, 0, WF_LAYER_COUNT - 1, INT)                     /* wf_layer_kind */ \
  X(units, 1, 1e6, INT)                                   /* O; of all but dense: the outputs of the layer before */ \
  X(activation, 0, WF_ACTIVATION_COUNT - 1, INT)          /* dense; the last layer of a loss on logits: IDENTITY */ \
  X(initializer, 0, WF_INITIALIZER_COUNT - 1, INT)        /* dense */ \
  X(slope, 0, 1e3, REAL)                                  /* leaky ReLU: slope below zero; ELU: its alpha */ \
  X(l1, 0, 1e6, REAL)                                     /* dense: l1 Σ|w|, by a proximal step; biases are not penalised */ \
  X(l2, 0, 1e6, REAL)                                     /* dense: l2/2 Σ w²; biases are not penalised */ \
  X(max_norm, 0, 1e30, REAL)                              /* dense: bound of the norm of each unit's incoming weights; 0: none */ \
  X(rate, 0, 1, OPEN)                                     /* dropout: share of inputs that become 0 */ \
  X(norm_epsilon, 1e-30, 1, REAL)                         /* batchNorm, layerNorm: added to the variance */ \
  X(norm_momentum, 0, 1, REAL)                            /* batchNorm: weight of the newest batch in the running statistics */
#define WF_FIT_FIELDS(X) \
  X(batch_size, 1, 1e9, INT)                              /* B; above N it is N */ \
  X(epochs, 1, 1e9, INT)                                  /* epochs of this fit */ \
  X(shuffle, 0, 1, INT)                                   /* 1: a new permutation each epoch; 0: file order */ \
  X(evaluate_training, 0, 1, INT)                         /* 1: loss and metrics of an epoch by a full pass after it */ \
  X(record_gradient, 0, 1, INT)                           /* 1: reports have the norm of the gradient */ \
  X(batch_schedule, 0, WF_BATCH_SCHEDULE_COUNT - 1, INT)  /* wf_batch_schedule */ \
  X(batch_least, 1, 1e9, INT)                             /* random: from this to batch_most */ \
  X(batch_most, 1, 1e9, INT)                              /* growing, random: bound */ \
  X(batch_factor, 1, 1e6, REAL)                           /* growing: times this ... */ \
  X(batch_every, 1, 1e9, INT)                             /* ... every so many epochs */ \
  X(resample, 0, WF_RESAMPLE_COUNT - 1, INT)              /* wf_resample */ \
  X(schedule, 0, WF_SCHEDULE_COUNT - 1, INT)              /* wf_schedule */ \
  X(per_step, 0, 1, INT)                                  /* schedules count 0: epochs, 1: steps */ \
  X(warmup, 0, 1e9, INT)                                  /* epochs or steps of linear warm-up before the schedule, which begins after it */ \
  X(warmup_factor, 0, 1, REAL)                            /* where it begins, as a share of the schedule's first rate */ \
  X(period, 1, 1e9, INT)                                  /* step, cosineRestarts: length; polynomial, cosine: all of it; oneCycle: number of steps */ \
  X(factor, 0, 1e6, REAL)                                 /* step, multiStep, exponential, inverseTime, plateau; cosineRestarts: of the period, from 1 */ \
  X(power, 0, 1e3, REAL)                                  /* polynomial */ \
  X(minimum_rate, 0, 1e6, REAL)                           /* cosine, cosineRestarts, plateau */ \
  X(milestones, 0, 32, INT)                               /* multiStep: number of them, in wf_fit_config.milestone */ \
  X(rise, 0, 1, OPEN)                                     /* oneCycle: share of the steps on the way up (pct_start) */ \
  X(start_divisor, 1, 1e9, REAL)                          /* oneCycle: rate / this is the first (div_factor) */ \
  X(final_divisor, 1, 1e12, REAL)                         /* oneCycle: the first / this is the last (final_div_factor) */ \
  X(three_phase, 0, 1, INT)                               /* oneCycle */ \
  X(linear_anneal, 0, 1, INT)                             /* oneCycle: 0 cosine, 1 linear */ \
  X(cycle_momentum, 0, 1, INT)                            /* oneCycle: momentum or beta1 goes the other way */ \
  X(least_momentum, 0, 1, OPEN)                           /* oneCycle */ \
  X(most_momentum, 0, 1, OPEN)                            /* oneCycle */ \
  X(plateau_monitor, 0, WF_REPORT_COUNT - 1, INT)         /* a report's field */ \
  X(plateau_patience, 0, 1e9, INT)                        \
  X(plateau_threshold, 0, 1e6, REAL)                      /* relative, as PyTorch's default */ \
  X(plateau_cooldown, 0, 1e9, INT)                        \
  X(clip_value, 0, 1e30, REAL)                            /* every gradient to ± this; 0: no */ \
  X(clip_norm, 0, 1e30, REAL)                             /* the gradient of each weight and bias array to this norm; 0: no */ \
  X(clip_global_norm, 0, 1e30, REAL)                      /* all gradients together, as clip_grad_norm_; 0: no */ \
  X(input_noise, 0, 1e6, REAL)                            /* standard deviation of Gaussian noise on training features */ \
  X(mixup, 0, 1e3, REAL)                                  /* alpha of Beta(alpha, alpha); 0: no */ \
  X(average, 0, WF_AVERAGE_COUNT - 1, INT)                /* wf_average */ \
  X(average_decay, 0, 1, OPEN)                            /* ema: a ← decay a + (1 - decay) w after every step */ \
  X(average_start, 0, 1e9, INT)                           /* swa: first epoch of this fit, counted from 1, whose weights count */ \
  X(average_every, 1, 1e9, INT)                           /* swa: epochs from one to the next */ \
  X(stop_monitor, 0, WF_REPORT_COUNT - 1, INT)            /* early stopping: a report's field; 0 (epoch): none */ \
  X(stop_patience, 0, 1e9, INT)                           /* epochs in a row without an improvement that end the fit; 0 as 1 */ \
  X(stop_min_delta, 0, 1e30, REAL)                        /* what an improvement must be more than */ \
  X(restore_best, 0, 1, INT)                              /* 1: the fit ends at the weights of the best epoch, however it ends */ \
  X(prune_sparsity, 0, 1, OPEN)                           /* share of dense weights that end at zero; 0: no pruning */ \
  X(prune_begin, 0, 1e9, INT)                             /* epochs done: cubic from 0 at begin to the sparsity at end, which then holds */ \
  X(prune_end, 0, 1e9, INT)                               \
  X(prune_global, 0, 1, INT)                              /* 0: in each layer; 1: over all */

/* Fields of a report of one epoch; all sums are streaming f64 sums over all its rows. metric: R² or accuracy (see WF_LOSSES). */
#define WF_REPORT_FIELDS(X) \
  X(epoch) X(loss) X(metric) X(validation_loss) X(validation_metric) X(learning_rate) X(rows_seen) /* training rows of this fit */ \
  X(gradient_norm) /* mean over the steps of the norm of the whole gradient, before clipping; NaN if not recorded */ \
  X(batch_size) X(penalty) /* Σ layers l1 Σ|w| + l2/2 Σ w² at the epoch's end; loss is without it */ \
  X(mae) X(validation_mae) /* NUMBERS: mean absolute error; else NaN */ \
  X(balanced_accuracy) X(validation_balanced_accuracy) X(f1) X(validation_f1) /* core/loss.h; else NaN */ \
  X(sparsity) /* share of dense weights that are zero; NaN without l1 and pruning */

#define WF_CODE(code, ...) WF_##code,
typedef enum wf_layer_kind { WF_LAYERS(WF_CODE) WF_LAYER_COUNT } wf_layer_kind;
typedef enum wf_activation { WF_ACTIVATIONS(WF_CODE) WF_ACTIVATION_COUNT } wf_activation;
typedef enum wf_loss { WF_LOSSES(WF_CODE) WF_LOSS_COUNT } wf_loss;
typedef enum wf_optimizer { WF_OPTIMIZERS(WF_CODE) WF_OPTIMIZER_COUNT } wf_optimizer;
typedef enum wf_initializer { WF_INITIALIZERS(WF_CODE) WF_INITIALIZER_COUNT } wf_initializer;
typedef enum wf_schedule { WF_SCHEDULES(WF_CODE) WF_SCHEDULE_COUNT } wf_schedule;
typedef enum wf_batch_schedule { WF_BATCH_SCHEDULES(WF_CODE) WF_BATCH_SCHEDULE_COUNT } wf_batch_schedule;
typedef enum wf_average { WF_AVERAGES(WF_CODE) WF_AVERAGE_COUNT } wf_average;
typedef enum wf_resample { WF_RESAMPLES(WF_CODE) WF_RESAMPLE_COUNT } wf_resample;
#undef WF_CODE
#define WF_CODE(field) WF_REPORT_##field,
typedef enum wf_report_field { WF_REPORT_FIELDS(WF_CODE) WF_REPORT_COUNT } wf_report_field;
#undef WF_CODE
typedef enum wf_targets { WF_NUMBERS, WF_CLASS, WF_BINARY, WF_SHARES } wf_targets;

#define WF_FIELD(field, ...) double field;
typedef struct wf_config { WF_CONFIG_FIELDS(WF_FIELD) } wf_config;
typedef struct wf_layer_config { WF_LAYER_FIELDS(WF_FIELD) } wf_layer_config;
typedef struct wf_fit_config { WF_FIT_FIELDS(WF_FIELD) double milestone[32]; /* increasing */ } wf_fit_config;
typedef struct wf_report { WF_REPORT_FIELDS(WF_FIELD) } wf_report; /* what was not measured is NaN */
#undef WF_FIELD

#endif

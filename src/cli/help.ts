/** What `--help` prints; the README's section on the command line is the same text. */
import { DEGRADATION_FORMS } from '../core/degrade/specification.ts';
import { RESIZE_KERNELS } from '../core/image/resize-kernels.ts';
import { TABLE_CHAINS } from './chain-text.ts';

const MODEL = `  --opt FILE          the run's opt.yml: network, sizes and class order of a checkpoint
  --network NAME      the network, such as xception_block2, where the checkpoint fits several
  --native            pictures as they are, instead of the preprocessing of the model's authors`;

const all = `Usage: telltale <command> ...

  telltale screen PATH...         P(fake) of pictures
  telltale import CHECKPOINT      a published checkpoint as a model folder
  telltale info MODEL             layers, receptive fields and work of a model
  telltale inspect-data DIR       what a collection's files give away: copies, formats, sizes
  telltale calibrate              probabilities and thresholds of a model, from pictures of known origin
  telltale card MODEL             what people should know about a model, as text or as a page
  telltale evaluate --data DIR    how well models tell real from generated pictures
  telltale merge PARTIAL...       the figures of an evaluation that was shared out

"telltale <command> --help" explains a command; "telltale --version" names the version.
Nothing is downloaded and no picture leaves the machine.
`;

const screen = `Usage: telltale screen PATH... [options]

PATH is a picture (JPEG, PNG, WebP), a folder (searched with its subfolders) or a glob.

  --model DIR|FILE    a model folder, or a checkpoint (.pth, .pt, .safetensors); default: the packaged model
${MODEL}
  --backend NAME      auto, webgpu, wasm, or cpu (plain JavaScript: the slow oracle); default: auto
  --ensemble NAME     vote, before-softmax or after-softmax; default: the model's own
  --effort NAME       full, or quick: the packaged model samples pictures above 2.5 megapixels; default: full
  --heatmaps DIR      writes every scored picture with its heatmap into DIR, as PNG
  --json              one JSON object a picture on standard output

Exit status: 0 when every picture was looked at, 1 when some failed (the others are reported), 2 for wrong usage.
`;

const importText = `Usage: telltale import CHECKPOINT --out DIR [options]

Reads a PyTorch checkpoint (zip or older pickle stream; nothing in it is executed) or a safetensors file, and writes
a model folder: card.json and weights.safetensors, BatchNorm folded, with a known input and the logits it must give.

  --out DIR           a new or empty folder
${MODEL}
`;

const info = `Usage: telltale info MODEL [options]

MODEL is a model folder, a checkpoint, or the name of a published network (xception_block2, resnet18_layer1, ...).

  --size N            side in pixels of the picture that work is counted for; default: the model's crop, else 512
${MODEL}
  --json              one JSON object on standard output
`;

const inspect = `Usage: telltale inspect-data DIR [options]

DIR holds real/<source>/... and fake/<generator>/..., or the same below one folder a split, or index.csv. Every picture is
decoded; no model is used. Reports equal and nearly equal pictures across classes, splits and sources, how formats, sizes
and JPEG qualities are spread, and how well these alone predict the label (cross-validated by source).

  --against DIR       a second collection that should share no picture with the first
  --resume FILE       keeps every finished picture in FILE; a later run on the same collection goes on from there, and
                      reads pictures again that have changed since
  --html FILE         writes the report as a page
  --json              one JSON object on standard output
`;

const evaluate = `Usage: telltale evaluate [--model MODEL]... --data DIR [options]

DIR holds real/<source>/... and fake/<generator>/..., or the same below one folder a split, or index.csv. Every picture is
scored exactly as "screen" does; figures come with 95 % bootstrap intervals over sources. Pictures without a score (too
small, too flat, unreadable) are counted and named, and are part of no figure. The text ends with a table of the figures that
decide, as the pictures are and degraded.

  --model MODEL       a model folder or a checkpoint; may be given several times; default: the packaged model
${MODEL}
  --split NAME        only this split of the data
  --degrade SPEC,...  measures degraded pictures as well; "none" measures none, "table" (the default) is
                      ${TABLE_CHAINS.join(',')}. There are
                      ${DEGRADATION_FORMS};
                      joined by + into chains (resize:0.5:bilinear+jpeg:90). KERNEL is ${RESIZE_KERNELS.join(', ')}.
                      jpeg is an ordinary libjpeg (4:2:0, standard tables); screenshot draws scale (0.5 to 1.25),
                      kernel and JPEG quality (70 to 92); reencode cuts 1 to 7 px from the left and the top, off the
                      old JPEG grid, and draws a JPEG quality (75 to 95) for both classes alike; crop:SIDE is the
                      middle square. Draws depend on the picture's path and the spec only.
  --group-out         also chooses thresholds without the pictures they are measured on: for each real source and each
                      generator family, the threshold that keeps the false alarms on all others within the card's
                      target (5 % where it names none), and what it does on the one left out
  --threshold P       decides above P instead of the model's own threshold
  --html FILE         writes tables and diagrams as a page
  --json              one JSON object a model on standard output
  --backend NAME      auto, webgpu, wasm, or cpu; default: auto
  --ensemble NAME     vote, before-softmax or after-softmax; default: the model's own
  --effort NAME       full, or quick: samples pictures above 2.5 megapixels; default: full
  --threads N         default: one a core, at most 4
  --resume FILE       keeps every finished score in FILE and continues from it; refuses a FILE of other pictures
  --shard I/N         scores only part I of N (by a hash of the path) ...
  --out FILE          ... into FILE, for "telltale merge"

Exit status: 0 when every picture was looked at, 1 when some failed (the others are measured), 2 for wrong usage.
`;

const merge = `Usage: telltale merge PARTIAL... [options]

Joins what "telltale evaluate --shard I/N --out PARTIAL" has written into exactly the figures of a single run.

  --html FILE         writes tables and diagrams as a page
  --json              one JSON object a model on standard output

Exit status: 0 when every picture was looked at, 1 when some failed or a part is missing, 2 for wrong usage.
`;

const calibrate = `Usage: telltale calibrate --model DIR --data DIR [options]

DIR of --model is a model folder of Telltale's own kind; DIR of --data holds real/<source>/... and fake/<generator>/..., or
index.csv. Classes weigh equally, and sources within a class; how well the fit is known comes from drawing other sources.

  --split NAME        only pictures of this split
  --degrade SPEC,...  scores these versions of every picture, such as jpeg:75 or resize:0.5:bicubic+jpeg:90, "none" for the
                      pictures as they are; default: none
  --fpr SHARE         real pictures that may be called strong, overall and in the worst source; sources of fewer than
                      1/SHARE pictures cannot show that and are judged together; default: 0.01
  --method NAME       platt, isotonic (more than 1,000 pictures), or auto: isotonic where clearly better; default: auto
  --rounds N          bootstrap rounds over sources; default: 2000
  --resume FILE       keeps every finished score in FILE; a later run with the same options goes on from there, and
                      scores pictures again that have changed since
  --out CARD          writes the model's card with the new calibration, a version of its own, and without figures of the
                      calibration before
  --json              the calibration as a JSON object on standard output
`;

const card = `Usage: telltale card MODEL [options]

MODEL is a model folder of Telltale's own kind. Prints what it was trained and tested on, its figures and thresholds, known
failures, and how to read a score.

  --json              the same as one JSON object on standard output
  --html FILE         writes the card as a page, with the calibration diagram and tables of generators and sources
  --evaluation FILE   puts figures that "telltale evaluate --json" has printed into the card ...
  --on TEXT           ... which were measured on these pictures (one sentence) ...
  --out CARD          ... and writes the card
`;

export const HELP = {
  all,
  screen,
  import: importText,
  info,
  inspect,
  calibrate,
  card,
  evaluate,
  merge,
} as const;

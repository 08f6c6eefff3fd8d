/** What `--help` prints; the README's section on the command line is the same text. */

const MODEL = `  --opt FILE          the run's opt.yml: network, sizes and class order of a checkpoint
  --network NAME      the network, such as xception_block2, where the checkpoint fits several
  --native            pictures as they are, instead of the preprocessing of the model's authors`;

const all = `Usage: telltale <command> ...

  telltale screen PATH...         P(fake) of pictures
  telltale import CHECKPOINT      a published checkpoint as a model folder
  telltale info MODEL             layers, receptive fields and work of a model
  telltale inspect-data DIR       what a collection's files give away: copies, formats, sizes

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
  --html FILE         writes the report as a page
  --json              one JSON object on standard output
`;

export const HELP = { all, screen, import: importText, info, inspect } as const;

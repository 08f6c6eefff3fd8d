/**
 * The table that tells the WebAssembly kernels what to do: a step is `STEP_BYTES` bytes of 32-bit words at these byte
 * offsets. Read by TypeScript (`encode.ts`) and by AssemblyScript (`assembly/`), hence nothing but plain constants.
 *
 * "Bytes" of a tensor go from cell to cell ([rows, columns, channels], channels next to each other); addresses are
 * byte positions in the memory. A vector is four channels.
 */

export const STEP_BYTES = 192;

/** One of the operations below. */
export const OPERATION = 0;
/** Address of the result's first channel in row 0, column 0, behind its margin. */
export const OUTPUT = 4;
export const OUTPUT_ROW_BYTES = 8;
export const OUTPUT_CELL_BYTES = 12;
export const ROWS = 16;
export const COLUMNS = 20;
/** Vectors that a cell of the result has; channels for `MAP` and `NEAREST_RESIDUAL`. */
export const DEPTH = 24;
/** Cells of zeros on every side of the result, and the address of the first of them. */
export const MARGIN = 28;
export const MARGIN_ADDRESS = 32;
/** Address of the first cell under the window of cell (0, 0), and bytes from there for the next row and column. */
export const INPUT = 36;
export const INPUT_ROW_STEP = 40;
export const INPUT_CELL_STEP = 44;
/** A tensor of the result's size to add before clamping; address 0 for none. */
export const ADDEND = 48;
export const ADDEND_ROW_BYTES = 52;
export const ADDEND_CELL_BYTES = 56;
/** Bounds of the result, float32. */
export const LOW = 60;
export const HIGH = 64;

/** Weights packed [panel][multiplication][8 outputs], biases [panel][8 outputs]. */
export const WEIGHTS = 68;
export const BIAS = 72;
/** Under a window lie `SEGMENTS` runs of `SEGMENT_LENGTH` numbers; the table holds their offsets in bytes. */
export const SEGMENTS = 76;
export const SEGMENT_TABLE = 80;
export const SEGMENT_LENGTH = 84;
/** Cells (`WINOGRAD`: tiles of 4 x 4) computed together: a multiple of 4, at most `LARGEST_BLOCK`. */
export const BLOCK = 88;

/** Depthwise convolution, alone or in front of a 1x1 convolution; number of taps, 0 for none in front. */
export const TAPS = 92;
/** Offsets of the taps in bytes. */
export const TAP_TABLE = 96;
/** Packed [vector][tap][4], and biases [vector][4]. */
export const TAP_WEIGHTS = 100;
export const TAP_BIAS = 104;
/** Vectors of the depthwise convolution; of the input for `WINOGRAD`. */
export const TAP_DEPTH = 108;
/** 1 where the input is to be taken as max(input, 0). */
export const TAP_RELU = 112;
/** Bytes between neighbouring taps of a row of a dense 3x3 kernel that moves by one cell; 0 for any other kernel. */
export const TAP_CELL_BYTES = 116;

/**
 * Numbers in each of the `TAPS` runs that are copied next to each other before a convolution; 0 where it reads them in
 * place.
 */
export const GATHERED = 164;

/** Pools: window, stride and padding in cells, the input's size and layout, and what to multiply sums by (0: maximum). */
export const WINDOW = 120;
export const STRIDE = 124;
export const PADDING = 128;
export const INPUT_ROWS = 132;
export const INPUT_COLUMNS = 136;
export const INPUT_ROW_BYTES = 140;
export const INPUT_CELL_BYTES = 144;
export const SHARE = 148;

/** Maps: result = clamp(input * gain + shift + addend) by channel; channels up to `FILLED` are set to 0. */
export const GAIN = 152;
export const SHIFT = 156;
export const FILLED = 160;

export const CONVOLVE = 1;
export const DEPTHWISE = 2;
export const POOL = 3;
export const MAP = 4;
export const NEAREST_RESIDUAL = 5;
export const WINOGRAD = 6;

export const LARGEST_BLOCK = 128;
/** Scratch of a convolution: three addresses for every cell of a block, then the block after its depthwise part. */
export const ADDRESS_TABLE_BYTES = 1536;

/**
 * An entry of the schedule: address of a step, first row, row after the last; then, for threads, how many entries must be
 * done before it (all of earlier steps), and how many are done when its step is.
 */
export const ENTRY_BYTES = 20;
export const AFTER = 12;

/**
 * What threads share about a pass: its number and the next entry to claim, a 64-bit word; entries done, of all passes
 * (modulo 2^32), and how many of them before this one; the schedule; pages of memory.
 */
export const CLAIM = 0;
export const DONE = 64;
export const SCHEDULE = 128;
export const COUNT = 132;
export const DONE_BEFORE = 136;
export const PAGES = 140;
export const CONTROL_BYTES = 192;

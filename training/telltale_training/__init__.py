"""The PyTorch twin of Telltale's networks: packs images, trains, and writes model folders."""

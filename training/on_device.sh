#!/usr/bin/env bash
# Trains on a machine that starts bare, keeps its disk between commands, and takes a few dozen megabytes a command.
#
#   bash training/on_device.sh keep FOLDER          keeps what a command brought along; once for each folder
#   bash training/on_device.sh pack                 packs everything kept, makes round trips
#   bash training/on_device.sh train MINUTES NAME   trains one configuration of run_all.py, or goes on with it
#   bash training/on_device.sh results OUT          copies checkpoints, curves and figures
#
# FOLDER is a bundle (telltale_training.bundle), or holds pieces `crops.tar.*` (tar of DATA, cut with split), or
# `weights/` with the tiny autoencoders, or `runs/` with earlier checkpoints. KEPT says where all of it lies.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
kept=${KEPT:-/tmp/telltale}
mkdir -p "$kept/bundles" "$kept/crops" "$kept/packs" "$kept/runs"
brought=$([ "$1" != keep ] || realpath "${2:?a folder}")
cd "$here"

pack() {
  cat "$kept"/pieces/crops.tar.* | tar -x -C "$kept/crops"
  local checks=(--kept-apart "$kept/crops/kept-apart.txt" --index "$kept/crops/index.csv")
  python3 -m telltale_training.pack_crops --data "$kept/crops" --out "$kept/packs/crops"
  python3 -m telltale_training.pack_originals --manifest "$kept"/bundles/*/manifest.csv "${checks[@]}" \
    --out "$kept/packs/originals"
  python3 -m telltale_training.pack_originals --manifest "$kept"/bundles/*/manifest.csv "${checks[@]}" --out "$kept/packs/resized" \
    --resized --windows 5
  python3 -m telltale_training.train_autoencoders --pack "$kept/packs/crops" --out "$kept/autoencoders" \
    --count "${AUTOENCODERS:-12}" --steps "${AUTOENCODER_STEPS:-800}" --batch 16 --side 96
  for pass in 1 2; do
    python3 -m telltale_training.round_trips --pack "$kept/packs/crops" "$kept/packs/originals" --seed $pass \
      --own "$kept/autoencoders" --out "$kept/packs/own" --pass-name "own-$pass"
    if [ -d "$kept/weights" ]; then
      python3 -m telltale_training.round_trips --pack "$kept/packs/crops" "$kept/packs/originals" --seed $pass \
        --weights "$kept/weights" --out "$kept/packs/tiny" --pass-name "tiny-$pass"
    fi
  done
}

case "$1" in
  keep)
    if [ -f "$brought/manifest.csv" ]; then cp -r "$brought" "$kept/bundles/"; fi
    if compgen -G "$brought/crops.tar.*" > /dev/null; then mkdir -p "$kept/pieces" && cp "$brought"/crops.tar.* "$kept/pieces/"; fi
    for part in weights runs; do if [ -d "$brought/$part" ]; then cp -r "$brought/$part" "$kept/"; fi; done
    ;;
  pack) pack ;;
  train) python3 run_all.py --only "$3" --pack "$kept"/packs/* --out "$kept/runs" --minutes "$2" --workers "${WORKERS:-14}" ${STEPS:+--steps $STEPS} ;;
  results)
    for run in "$kept"/runs/*/; do
      mkdir -p "$2/$(basename "$run")"
      cp "$run"/{checkpoint.pt,config.json,curve.csv,validation.jsonl} "$2/$(basename "$run")/" 2> /dev/null || true
    done
    ;;
  *) sed -n 2,12p "$0" && exit 2 ;;
esac

"""Train the network that takes mesh lines out of networked-verification photos. By hand, in `.venv-training`:

    .venv-training/bin/python scripts/train_demesh.py --data LFW_FOLDER --out FILE [--log FILE]

From nothing: random weights, research photographs of development people (scripts/demesh_training/samples.py), lines of nine
shapes drawn by the product's own generator; three further shapes are never shown. First the picture and the cover are learned
from crops, then, on squares around the faces, also what the recognition model sees in the restored face. Everything is seeded,
and the same kind of processor gives the same losses; another one rounds otherwise (decision 0021). Where the processor has no
bfloat16 the script calculates in float32: not timed with these numbers of steps.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # looked at when onnxruntime is loaded; see teller_assist/__init__.py

import numpy as np
import numpy.typing as npt
import onnxruntime
import torch  # type: ignore[import-not-found]  # lives in .venv-training only
from demesh_training.identity import RecognitionModel
from demesh_training.network import OnnxWriter, TorchNetwork
from set_up.places import ROOT, program

SEED = 20261129
SAMPLES = 13_000
CHECKED, CHECKED_AT_ONCE = 208, 16  # samples of the pool's end: never trained on, to see how far it is
CROP_PX = 128
PADDED_PX = (192, 224)
TEMPLATE_MIDDLE = np.array([55.5, 55.5])  # of the recognition model's frame
CROP_BATCH, CROP_STEPS, CROP_RATE = 16, 11_000, 1e-3
FACE_PX = 160  # side of the square around the face
FACE_BATCH, FACE_STEPS, FACE_RATE = 8, 4_500, 5e-4
WARM_UP = 200
BETAS = (0.9, 0.99)  # of AdamW: it follows gradients that grow suddenly, which otherwise threw whole layers off
ON_LINES = 3.0  # a pixel under a line counts this much more
EDGE_WEIGHT, COVER_WEIGHT, LINES_WEIGHT, IDENTITY_WEIGHT = 0.5, 0.15, 0.03, 0.6
LINES_FROM = 0.004  # mean cover from which on a picture has lines
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of mallopt
LARGEST_DIFFERENCE = 3.0  # grey levels between torch and the written file, whose weights are halved

# Imitated by a processor with AVX2, a step in bfloat16 took twelve times as long as one in float32.
IN_BFLOAT16 = bool(torch.cpu._is_avx512_bf16_supported())  # torch has no public question for it

Batch = tuple[Any, Any, Any, Any]


@dataclass(frozen=True, eq=False)
class Pool:
    """Many samples of one size, as scripts/demesh_training/samples.py draws them."""

    mesh: npt.NDArray[np.uint8]
    clean: npt.NDArray[np.uint8]
    cover: npt.NDArray[np.uint8]
    to_template: npt.NDArray[np.float32]


@dataclass(frozen=True)
class Phase:
    """One part of the training."""

    name: str
    steps: int
    rate: float
    batches: Iterator[Batch]
    identity: RecognitionModel | None


def drawn(data: Path, count: int) -> tuple[Pool, RecognitionModel]:
    """Let the product's own environment draw the samples; 3 GB in the temporary folder until they are read."""
    with tempfile.TemporaryDirectory() as folder:
        script = ROOT / "scripts" / "demesh_training" / "samples.py"
        command = [program(ROOT / ".venv", "python"), script, data, folder, str(count), str(SEED)]
        subprocess.run([str(part) for part in command], check=True)
        with np.load(Path(folder) / "pool.npz") as arrays:
            pool = Pool(**arrays)
        return pool, RecognitionModel((Path(folder) / "recognition.onnx").read_bytes())


def processor() -> str:
    """Return which processor calculates: the losses depend on it."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.is_file() else []
    named = {line.split(":")[0].strip(): line.split(":")[-1].strip() for line in lines if ":" in line}
    parts = [named.get(name, "") for name in ("model name", "cpu family", "model")]
    return " ".join(part for part in parts if part) or platform.processor()


def keep_freed_memory() -> None:
    """Let the C library keep what was freed: handing it back and taking it anew costs a third of the time (glibc only)."""
    if sys.platform == "linux":
        library = ctypes.CDLL(None)
        for setting in (M_MMAP_THRESHOLD, M_TRIM_THRESHOLD):
            library.mallopt(setting, 1 << 30)


def crops(pool: Pool, rng: np.random.Generator) -> Iterator[Batch]:
    """Yield random crops, half of them mirrored."""
    count, height, width = pool.cover.shape
    while True:
        chosen = rng.integers(0, count - CHECKED, CROP_BATCH)
        top, left = int(rng.integers(0, height - CROP_PX + 1)), int(rng.integers(0, width - CROP_PX + 1))
        window = (chosen, slice(top, top + CROP_PX), slice(left, left + CROP_PX))
        mesh, clean, cover = pool.mesh[window], pool.clean[window], pool.cover[window]
        if rng.random() < 0.5:
            mesh, clean, cover = mesh[:, :, ::-1], clean[:, :, ::-1], cover[:, :, ::-1]
        yield planes(mesh), planes(clean), torch.from_numpy(cover.astype(np.float32) / 255), None


def faces(pool: Pool, rng: np.random.Generator) -> Iterator[Batch]:
    """Yield squares with the face in their middle, as far as the photograph allows, half of them mirrored."""
    while True:
        yield squares(pool, rng.integers(0, pool.cover.shape[0] - CHECKED, FACE_BATCH), mirrored=bool(rng.random() < 0.5))


def squares(pool: Pool, chosen: npt.NDArray[np.int64], *, mirrored: bool) -> Batch:
    """Return squares around the faces of some photographs."""
    height, width = pool.cover.shape[1:]
    to_template = pool.to_template[chosen].astype(np.float64)
    middles = np.stack([np.linalg.solve(one[:, :2], TEMPLATE_MIDDLE - one[:, 2]) for one in to_template])
    corners = np.clip(np.rint(middles - FACE_PX / 2), 0, (width - FACE_PX, height - FACE_PX)).astype(int)
    to_template[:, :, 2] += np.einsum("nij,nj->ni", to_template[:, :, :2], corners)
    cut = [
        np.stack(
            [one[top : top + FACE_PX, left : left + FACE_PX] for one, (left, top) in zip(part[chosen], corners, strict=True)]
        )
        for part in (pool.mesh, pool.clean, pool.cover)
    ]
    if mirrored:
        cut = [part[:, :, ::-1] for part in cut]
        to_template[:, :, 2] += to_template[:, :, 0] * (FACE_PX - 1)
        to_template[:, :, 0] *= -1
    mesh, clean, cover = cut
    grid = sampling_grid(to_template, (FACE_PX, FACE_PX))
    return planes(mesh), planes(clean), torch.from_numpy(cover.astype(np.float32) / 255), grid


def whole(pool: Pool, chosen: npt.NDArray[np.int64]) -> Batch:
    """Return some whole photographs."""
    height, width = pool.cover.shape[1:]
    left, top = (PADDED_PX[0] - width) // 2, (PADDED_PX[1] - height) // 2
    border = ((0, 0), (top, PADDED_PX[1] - height - top), (left, PADDED_PX[0] - width - left))
    mesh, clean = (np.pad(part[chosen], (*border, (0, 0)), mode="edge") for part in (pool.mesh, pool.clean))
    cover = np.pad(pool.cover[chosen], border).astype(np.float32) / 255
    to_template = pool.to_template[chosen].astype(np.float64)
    to_template[:, :, 2] -= to_template[:, :, :2] @ np.array([left, top])
    return planes(mesh), planes(clean), torch.from_numpy(cover), sampling_grid(to_template, PADDED_PX)


def planes(pixels: npt.NDArray[np.uint8]) -> Any:
    """Return uint8 (n, height, width, 3) as a tensor (n, 3, height, width) from 0 to 1."""
    tensor = torch.from_numpy(np.ascontiguousarray(pixels)).permute(0, 3, 1, 2).float() / 255
    return tensor.contiguous(memory_format=torch.channels_last)


def sampling_grid(to_template: npt.NDArray[np.float64], size_px: tuple[int, int]) -> Any:
    """Return where torch takes the pixels of the aligned faces from, as its grid_sample wants it."""
    width, height = size_px
    rows, columns = np.mgrid[0:112, 0:112].astype(np.float64)
    targets = np.stack([columns.ravel(), rows.ravel()])
    grids = []
    for matrix in to_template:
        x, y = np.linalg.solve(matrix[:, :2], targets - matrix[:, 2:])
        grids.append(np.stack([(2 * x + 1) / width - 1, (2 * y + 1) / height - 1], -1).reshape(112, 112, 2))
    return torch.from_numpy(np.stack(grids).astype(np.float32))


def picture_loss(restored: Any, clean: Any, cover: Any) -> Any:
    """Return the mean difference, more where lines are, and that of the edges."""
    weight = 1 + ON_LINES * cover[:, None]
    difference = (restored - clean) * weight
    across = difference[..., 1:] - difference[..., :-1]
    down = difference[..., 1:, :] - difference[..., :-1, :]
    return difference.abs().mean() + EDGE_WEIGHT * (across.abs().mean() + down.abs().mean())


def loss_of(network: TorchNetwork, batch: Batch, identity: RecognitionModel | None) -> Any:
    """Return the loss of one batch."""
    mesh, clean, cover, grid = batch
    restored, cover_logits, lines_logits = network(mesh)
    loss = picture_loss(restored, clean, cover)
    cross_entropy = torch.nn.functional.binary_cross_entropy_with_logits
    loss = loss + COVER_WEIGHT * cross_entropy(cover_logits, cover)
    loss = loss + LINES_WEIGHT * cross_entropy(lines_logits, (cover.mean((1, 2)) >= LINES_FROM).float())
    if identity is not None:
        faces = [torch.nn.functional.grid_sample(one, grid, align_corners=False) for one in (restored, clean)]
        with torch.no_grad():
            wanted = identity.features(faces[1])
        loss = loss + IDENTITY_WEIGHT * (1 - (identity.features(faces[0].clamp(0, 1)) * wanted).sum(1)).mean()
    return loss


def run_phase(network: TorchNetwork, phase: Phase, tell: Callable[[dict[str, Any]], None]) -> None:
    """Train for one phase; the rate rises, then falls along a cosine."""
    optimiser = torch.optim.AdamW(network.parameters(), lr=phase.rate, betas=BETAS, weight_decay=1e-4)
    started_s, total = time.monotonic(), 0.0
    for step in range(phase.steps):
        rate = phase.rate * min(1, (step + 1) / WARM_UP) * (0.01 + 0.495 * (1 + math.cos(math.pi * step / phase.steps)))
        for group in optimiser.param_groups:
            group["lr"] = rate
        with torch.autocast("cpu", torch.bfloat16, enabled=IN_BFLOAT16):
            loss = loss_of(network, next(phase.batches), phase.identity)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        total += float(loss.detach())
        if (step + 1) % 250 == 0:
            tell({"phase": phase.name, "step": step + 1, "loss": round(total / 250, 5), "s": round(time.monotonic() - started_s)})
            total = 0.0


def checked(network: TorchNetwork, pool: Pool, identity: RecognitionModel) -> dict[str, float]:
    """Return how close the restored pictures of the untrained end of the pool are."""
    chosen = np.arange(pool.cover.shape[0] - CHECKED, pool.cover.shape[0])
    errors, before, likeness, likeness_before, wrong = [], [], [], [], 0
    for part in np.array_split(chosen, CHECKED // CHECKED_AT_ONCE):
        mesh, clean, cover, grid = whole(pool, part)
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=IN_BFLOAT16):
            answered, _, lines = network(mesh)
            restored = answered.clamp(0, 1)
            wrong += int(((lines > 0) != (cover.mean((1, 2)) >= LINES_FROM)).sum())
            faces = [
                identity.features(torch.nn.functional.grid_sample(x, grid, align_corners=False)) for x in (restored, mesh, clean)
            ]
        errors.append(float((restored - clean).abs().mean()))
        before.append(float((mesh - clean).abs().mean()))
        likeness.append(float((faces[0] * faces[2]).sum(1).mean()))
        likeness_before.append(float((faces[1] * faces[2]).sum(1).mean()))
    names = ("difference_grey", "difference_grey_before", "cosine_to_clean", "cosine_to_clean_before")
    values = (255 * np.mean(errors), 255 * np.mean(before), np.mean(likeness), np.mean(likeness_before))
    found = {name: round(float(value), 4) for name, value in zip(names, values, strict=True)}
    return found | {"checked": CHECKED, "lines_wrongly_told": wrong}


def written(network: TorchNetwork, pool: Pool) -> bytes:
    """Return the ONNX file, compared with torch."""
    model = OnnxWriter(network.weights()).model()
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    mesh = whole(pool, np.arange(4))[0]
    with torch.no_grad():
        expected = network(mesh)[0].clamp(0, 1).numpy() * 255
    obtained = np.concatenate([session.run(["restored"], {"input": one[None].numpy() * 255})[0] for one in mesh])
    difference = float(np.abs(obtained - expected).max())
    print(f"{len(model)} bytes; largest difference from torch {difference:.2f} grey levels", flush=True)
    if difference > LARGEST_DIFFERENCE:
        sys.exit("the written file does not answer as the trained network does")
    return model


def main() -> int:
    """Draw, train, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the evaluation set of archive photographs")
    parser.add_argument("--out", type=Path, required=True, help="the ONNX file to write")
    parser.add_argument("--log", type=Path, help="a file that gets one JSON line every 250 steps")
    parser.add_argument("--shorter", type=int, default=1, help="divide samples and steps by this, to try the script itself")
    arguments = parser.parse_args()
    keep_freed_memory()
    torch.manual_seed(SEED)
    torch.set_num_threads(2)

    def tell(line: dict[str, Any]) -> None:
        print(json.dumps(line), flush=True)
        if arguments.log:
            with arguments.log.open("a", encoding="utf-8") as log:
                log.write(json.dumps(line) + "\n")

    started_s = time.monotonic()
    pool, identity = drawn(arguments.data, max(2 * CHECKED, SAMPLES // arguments.shorter))
    took_s = round(time.monotonic() - started_s)
    tell({"samples": len(pool.cover), "bfloat16": IN_BFLOAT16, "processor": processor(), "s": took_s})
    network = TorchNetwork().to(memory_format=torch.channels_last)
    rng = np.random.default_rng(SEED)
    phases = (
        Phase("crops", CROP_STEPS // arguments.shorter, CROP_RATE, crops(pool, rng), None),
        Phase("faces", FACE_STEPS // arguments.shorter, FACE_RATE, faces(pool, rng), identity),
    )
    for phase in phases:
        run_phase(network, phase, tell)
        tell({"phase": phase.name, **checked(network, pool, identity)})
    model = written(network, pool)
    arguments.out.write_bytes(model)
    took_s = round(time.monotonic() - started_s)
    tell(
        {
            "bytes": len(model),
            "sha256": hashlib.sha256(model).hexdigest(),
            "weights": sum(x.numel() for x in network.parameters()),
            "s": took_s,
        }
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What there is of a repo at the hub: its files, pieces of files, and what is to be fetched of them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Remote:
    """A file of a repo at a commit.

    Args:
        name: in the repo.
        size: in bytes.
        checksum: SHA-256 of a large file, git blob id of a small one.
    """

    name: str
    size: int
    checksum: str


@dataclass(frozen=True)
class Piece:
    """The bytes from `start` up to `stop` of a file of a repo; `size` is that of the whole file."""

    name: str
    start: int
    stop: int
    size: int

    def __len__(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True)
class Plan:
    """What is to be fetched of a repo.

    Args:
        repo, revision, commit: which one; `revision` resolved to `commit`.
        config: the file that describes the autoencoder.
        whole: the files of which every byte is needed, the weights or their index last.
        pieces: the autoencoder's byte ranges, where its weights are part of something larger.
        head: what the file made of these begins with.
        bytes_in_repo: of all files of the repo.
    """

    repo: str
    revision: str
    commit: str
    config: Remote
    whole: tuple[Remote, ...]
    pieces: tuple[Piece, ...]
    head: bytes
    bytes_in_repo: int

    @property
    def piece_bytes(self) -> int:
        """The size of all pieces together."""
        return sum(map(len, self.pieces))

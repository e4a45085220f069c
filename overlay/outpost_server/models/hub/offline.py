"""Models of the hub with the hub out of reach: what is in the cache, for whom it is."""

from __future__ import annotations

from outpost_server.keeping.models import KeptModels
from outpost_server.models.cache import Cache
from outpost_server.models.documents import is_document, list_files, read_card, read_documents
from outpost_server.models.model import FoundModel, ModelRefused, Reader
from outpost_server.tasks.facts import ModelFacts


def find_here(
    kept: KeptModels, cache: Cache, name: str, revision: str, reader: Reader
) -> FoundModel:
    """Return a model as the cache has it.

    What the hub has called public is for everybody, what it has not for those whom it let have it.
    What others have put into the cache is for the server's own user: nobody knows whose it is.

    Raises:
        ModelRefused: it is not in the cache, or not for this reader.
    """
    commit = cache.commit_of(name, revision)
    folder = cache.snapshot(name, commit or "")
    if commit is None or not folder.is_dir():
        raise ModelRefused(
            f"The model {name} at {revision} is not in the cache {cache.folder}, and "
            "HF_HUB_OFFLINE is set. Deploy it once with the hub at hand, or give it as a folder of "
            "this machine (modelSource: folder)."
        )
    known = kept.get(str(cache.folder), name, commit)
    is_public = known is not None and known.is_public
    if not (is_public or reader.is_server_owner or kept.is_reader(name, reader.user_id)):
        raise ModelRefused(
            f"HF_HUB_OFFLINE is set, so that the hub cannot be asked whether you may have the "
            f"model {name}: it is for those who have deployed it before."
        )
    files = list_files(folder)
    if known is not None:
        said = known.facts
    else:
        card = read_card(folder)
        said = {
            "files": files,
            "pipeline_tag": card.get("pipeline_tag"),
            "library": card.get("library_name"),
        }
    documents = read_documents(folder, (path for path in files if is_document(path, files[path])))
    facts = ModelFacts(
        name, commit, said["files"], documents, said["pipeline_tag"], said["library"]
    )
    return FoundModel(facts, folder, revision, is_public=is_public)

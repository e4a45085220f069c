"""Operations of the document that this server does not serve, each with the reason."""

from __future__ import annotations

_MODELS = "Finetuning is not part of the local Outpost yet."
_REPOSITORIES = "Model and dataset repositories are not part of the local Outpost yet."

# operationId: (method, path, reason). A test compares the table and the routes with the document.
NOT_SERVED: dict[str, tuple[str, str, str]] = {
    "listFinetunings": ("GET", "/finetunings/{entity}", _MODELS),
    "createFinetuning": ("POST", "/finetunings/{entity}", _MODELS),
    "enqueueFinetuningJobs": ("POST", "/finetunings/{entity}/jobs/enqueue", _MODELS),
    "getFinetuning": ("GET", "/finetunings/{entity}/{name}", _MODELS),
    "listFinetuningJobs": ("GET", "/finetunings/{entity}/{name}/jobs", _MODELS),
    "createFinetuningJob": ("POST", "/finetunings/{entity}/{name}/jobs", _MODELS),
    "getFinetuningJob": ("GET", "/finetunings/{entity}/{name}/jobs/{jobId}", _MODELS),
    "deleteFinetuningJob": ("DELETE", "/finetunings/{entity}/{name}/jobs/{jobId}", _MODELS),
    "getFinetuningJobConfigs": (
        "GET",
        "/finetunings/{entity}/{name}/jobs/{jobId}/configs",
        _MODELS,
    ),
    "getFinetuningJobTrainerLogs": (
        "GET",
        "/finetunings/{entity}/{name}/jobs/{jobId}/logs/trainer",
        _MODELS,
    ),
    "getFinetuningJobLogs": ("GET", "/finetunings/{entity}/{name}/jobs/{jobId}/logs", _MODELS),
    "viewBlob": ("GET", "/git/blobs/{repo_type}/{entity}/{name}/view/{ref}/{path}", _REPOSITORIES),
    "downloadBlob": (
        "GET",
        "/git/blobs/{repo_type}/{entity}/{name}/download/{ref}/{path}",
        _REPOSITORIES,
    ),
    "viewTree": ("GET", "/git/tree/{repo_type}/{entity}/{name}/view/{ref}/{path}", _REPOSITORIES),
    "searchTree": ("GET", "/git/tree/{repo_type}/{entity}/{name}/search", _REPOSITORIES),
    "createLfsBatch": ("POST", "/{organization}/{repo_type}/{repo}/objects/batch", _REPOSITORIES),
}

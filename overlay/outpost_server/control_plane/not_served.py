"""Operations of the document that this server does not serve, each with the reason."""

from __future__ import annotations

_MODELS = "Finetuning is not part of the local Outpost yet."
_REPOSITORIES = "Model and dataset repositories are not part of the local Outpost yet."

_JOB = "/finetunings/{entity}/{name}/jobs/{jobId}"
_BLOBS = "/git/blobs/{repo_type}/{entity}/{name}"

# operationId: (method, path, reason). A test compares the table and the routes with the document.
NOT_SERVED: dict[str, tuple[str, str, str]] = {
    "listFinetunings": ("GET", "/finetunings/{entity}", _MODELS),
    "createFinetuning": ("POST", "/finetunings/{entity}", _MODELS),
    "enqueueFinetuningJobs": ("POST", "/finetunings/{entity}/jobs/enqueue", _MODELS),
    "getFinetuning": ("GET", "/finetunings/{entity}/{name}", _MODELS),
    "listFinetuningJobs": ("GET", "/finetunings/{entity}/{name}/jobs", _MODELS),
    "createFinetuningJob": ("POST", "/finetunings/{entity}/{name}/jobs", _MODELS),
    "getFinetuningJob": ("GET", _JOB, _MODELS),
    "deleteFinetuningJob": ("DELETE", _JOB, _MODELS),
    "getFinetuningJobConfigs": ("GET", f"{_JOB}/configs", _MODELS),
    "getFinetuningJobTrainerLogs": ("GET", f"{_JOB}/logs/trainer", _MODELS),
    "getFinetuningJobLogs": ("GET", f"{_JOB}/logs", _MODELS),
    "viewBlob": ("GET", f"{_BLOBS}/view/{{ref}}/{{path}}", _REPOSITORIES),
    "downloadBlob": ("GET", f"{_BLOBS}/download/{{ref}}/{{path}}", _REPOSITORIES),
    "viewTree": ("GET", "/git/tree/{repo_type}/{entity}/{name}/view/{ref}/{path}", _REPOSITORIES),
    "searchTree": ("GET", "/git/tree/{repo_type}/{entity}/{name}/search", _REPOSITORIES),
    "createLfsBatch": ("POST", "/{organization}/{repo_type}/{repo}/objects/batch", _REPOSITORIES),
}

"""Addresses of uploads: begin, send pieces, finish."""

from sponde_server.core.http import Routes
from sponde_server.core.intake import Intake
from sponde_server.datasets.records import Dataset

from .records import DatasetUpload, NewUpload, UploadedDataset, UploadEnd
from .service import SpondeUploads

routes = Routes("datasets")


@routes("GET", "/dataset-uploads")
async def list_uploads(uploads: SpondeUploads) -> list[DatasetUpload]:
    """List the files that are here in part, latest first; they are kept for a day."""
    return await uploads.list_open()


@routes("POST", "/dataset-uploads")
async def begin_upload(uploads: SpondeUploads, body: NewUpload) -> DatasetUpload:
    """Begin to send a file, or go on with the same file; over the limit it is refused here."""
    return await uploads.begin(body)


@routes("GET", "/dataset-uploads/{upload_id}")
async def get_upload(uploads: SpondeUploads, upload_id: str) -> DatasetUpload:
    """Say how far a file is on its way."""
    return await uploads.get(upload_id)


@routes("PATCH", "/dataset-uploads/{upload_id}/bytes")
async def send_bytes(
    uploads: SpondeUploads, upload_id: str, offset: int, sha256: str = ""
) -> Intake[DatasetUpload]:
    """Send the bytes that follow an offset as the body; with a checksum they count when right."""
    return await uploads.receive(upload_id, offset, sha256)


@routes("POST", "/dataset-uploads/{upload_id}/finish")
async def finish_upload(uploads: SpondeUploads, upload_id: str, body: UploadEnd) -> UploadedDataset:
    """Put the whole file into the folder and register it."""
    return await uploads.finish(upload_id, body.conflict)


@routes("POST", "/dataset-uploads/{upload_id}/undo")
async def put_back(uploads: SpondeUploads, upload_id: str) -> Dataset:
    """Put the file back that an upload has replaced; once more brings the new one back."""
    return await uploads.put_back(upload_id)


@routes("DELETE", "/dataset-uploads/{upload_id}")
async def cancel_upload(uploads: SpondeUploads, upload_id: str) -> None:
    """Stop an upload and forget what is here of it."""
    await uploads.cancel(upload_id)

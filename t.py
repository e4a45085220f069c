import time
import httpx, attrs, msgspec, mimetypes, urllib.parse
import outpost_api.encoding, outpost_api.errors, outpost_api.file
t=time.perf_counter(); import outpost_api.bodies; print((time.perf_counter()-t)*1e3)
t=time.perf_counter(); import outpost_api.request; print((time.perf_counter()-t)*1e3)
t=time.perf_counter(); import outpost_api.lenient; print((time.perf_counter()-t)*1e3)
t=time.perf_counter(); import outpostkit.transport._response; print((time.perf_counter()-t)*1e3)

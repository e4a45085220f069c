"""What makes code written for outpostkit 0.0.46 and 0.0.69 go on working.

The doors :mod:`outpostkit._types`, :mod:`outpostkit._utils`, :mod:`outpostkit.utils`,
:mod:`outpostkit.base_handler`, :mod:`outpostkit.files`, :mod:`outpostkit.json`,
:mod:`outpostkit.logger` and :mod:`outpostkit.resource` show what is here under the names it had.
Classes of today import a module where one of their own members or fields has an old spelling; it
is loaded with what has it, and not by ``import outpostkit``, `Client`, `Endpoints` or `Endpoint`.

========================  =========================================================================
:mod:`.warning`           an old spelling warns once, naming the better one
:mod:`.names`             old names of modules' contents, looked up when they are asked for
:mod:`.fields`            fields under their old names, read and given
:mod:`.constructors`      classes of answers made as before: any keywords, objects from dictionaries
:mod:`.records`           classes of answers that are made like that
:mod:`.log_data`          what a log line says, with an ``extra`` of its own
:mod:`.retry_transport`   ``client.RetryTransport``, for programs that build their own httpx client
:mod:`.helpers`           functions of ``utils`` and ``_utils``
:mod:`.handler`           ``base_handler.EndpointHandler``
:mod:`.endpoint`          what outpostcli says to an endpoint
:mod:`.files`             ``files.upload_file``, ``json.encode_json``
:mod:`.logger`            ``logger.init_outpost_logger``
:mod:`.installed`         ``_utils.import_utils``, ``_utils.git``: what else is installed
:mod:`.resource`          ``resource.Resource``
========================  =========================================================================

===========================================  ======================================================
What was written                             What is documented
===========================================  ======================================================
``Endpoint.create_predictor()``,             ``Endpoint.get_prediction_client()``
``get_predictor()``
``Endpoint.list_deploymets(params=)``         ``Endpoint.list_deployments(...)``
``Endpoint(..., api_token=)``                ``Endpoint(Client(api_token), ...)``
``Endpoints.scaffold(name)``                 ``outpostkit.endpoints.scaffold(name)``
``User.async_get()``, ``Team.async_get()``   ``AsyncUser.get()``, ``AsyncTeam.get()``
``_utils.constants.OutpostSecret``           ``EndpointSecret``
``_types.entity.HardwareInstanceDetails``    ``_types.endpoint.EndpointHardwareInstanceDetails``
``client.RetryTransport``                    ``Client(retry=RetryPolicy(...))``
``Client.poll_interval``                     ``wait_until_healthy()``, which knows when to ask
``UserDetails(**json)`` with more or fewer   ``UserDetails.from_dict(json)``
keywords, and so all classes of answers
``full_name``, ``key_id``, ... of            ``fullName``, ``keyId``, ...: the names of the API
finetunings
``utils.parse_endpoint_log_data(json)``      ``EndpointLogData.from_dict(json)``
===========================================  ======================================================

Spellings that the README uses are no old spellings: they are not here and never warn.
"""

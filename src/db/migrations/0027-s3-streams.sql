-- Log streams to S3 and what speaks its protocol.
alter table log_streams drop constraint log_streams_type_check;
alter table log_streams add constraint log_streams_type_check
  check (type in ('datadog', 'https', 'splunk', 's3', 'file', 'stdout'));

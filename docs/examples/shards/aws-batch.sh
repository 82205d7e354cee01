#!/bin/sh
# Submits one backup: a job that reads the list of repositories, and 16 shards that wait for it. Start it
# every night, from a machine or a service that may submit jobs.
set -eu
list=$(aws batch submit-job --job-name cistern-list --job-queue backup --job-definition cistern \
	--container-overrides '{"command": ["cistern", "list", "--config", "/settings.yml", "--to", "offsite"]}' \
	--query jobId --output text)
aws batch submit-job --job-name cistern --job-queue backup --job-definition cistern \
	--array-properties size=16 --depends-on "jobId=$list"

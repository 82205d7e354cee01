import * as v from 'valibot';

// Each form has the keys that the examples use, as Kubernetes documents them, and no others: so a
// misspelt key is refused, which a cluster itself often passes over.

const text = v.string();
const count = v.pipe(v.number(), v.integer(), v.minValue(1));

/** The fields of a container that may do little. */
export const confined = {
	securityContext: v.strictObject({
		allowPrivilegeEscalation: v.literal(false),
		readOnlyRootFilesystem: v.literal(true),
		capabilities: v.strictObject({drop: v.tuple([v.literal('ALL')])}),
	}),
	resources: v.strictObject({
		requests: v.strictObject({cpu: text, memory: text}),
		limits: v.strictObject({memory: text}),
	}),
	volumeMounts: v.array(
		v.strictObject({
			name: text,
			mountPath: text,
			subPath: v.optional(text),
			readOnly: v.optional(v.boolean()),
		}),
	),
};

const volume = v.union([
	v.strictObject({name: text, persistentVolumeClaim: v.strictObject({claimName: text})}),
	v.strictObject({name: text, configMap: v.strictObject({name: text})}),
	v.strictObject({name: text, emptyDir: v.strictObject({sizeLimit: v.optional(text)})}),
]);

/** A pod with one container. */
export const podOf = <T extends v.GenericSchema>(container: T) =>
	v.strictObject({
		// A policy for failures needs it.
		restartPolicy: v.literal('Never'),
		terminationGracePeriodSeconds: count,
		automountServiceAccountToken: v.literal(false),
		securityContext: v.strictObject({
			runAsNonRoot: v.literal(true),
			runAsUser: count,
			runAsGroup: count,
			fsGroup: count,
			fsGroupChangePolicy: v.optional(v.picklist(['OnRootMismatch', 'Always'])),
			seccompProfile: v.strictObject({type: v.literal('RuntimeDefault')}),
		}),
		containers: v.tuple([container]),
		volumes: v.array(volume),
	});

const onExitCodes = v.strictObject({
	containerName: text,
	operator: v.picklist(['In', 'NotIn']),
	values: v.array(count),
});

export const podFailurePolicy = v.strictObject({
	rules: v.array(
		v.union([
			v.strictObject({
				action: v.literal('Ignore'),
				onPodConditions: v.array(
					v.strictObject({type: text, status: v.picklist(['True', 'False'])}),
				),
			}),
			v.strictObject({action: v.picklist(['FailJob', 'FailIndex']), onExitCodes}),
		]),
	),
});

/** A CronJob that makes jobs of this form. */
export const cronJobOf = <T extends v.GenericSchema>(job: T) =>
	v.strictObject({
		apiVersion: v.literal('batch/v1'),
		kind: v.literal('CronJob'),
		metadata: v.strictObject({name: text}),
		spec: v.strictObject({
			schedule: v.pipe(text, v.regex(/^\d+ \d+ \* \* \*$/)),
			timeZone: text,
			concurrencyPolicy: v.picklist(['Allow', 'Forbid', 'Replace']),
			startingDeadlineSeconds: count,
			successfulJobsHistoryLimit: v.optional(count),
			failedJobsHistoryLimit: v.optional(count),
			jobTemplate: v.strictObject({spec: job}),
		}),
	});

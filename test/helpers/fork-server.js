import {spawn} from 'node:child_process';
import {createServer} from 'node:net';

/**
 * Starts the processes of a worker (`fork-elsewhere.ts`) and tells it how they end. In JavaScript, and
 * without a just-in-time compiler, to be small: a fork is dear for each page that a process has.
 */
const [address] = process.argv.slice(2);

/** Connections that no process has got yet, in the order in which the worker made them. */
const streams = [];
/** Requests whose connections are still to come. */
const requests = [];
const children = new Map();

const start = ({id, file, args, stdio, cwd, env, detached}) => {
	const own = stdio.map((kind) => (kind === 'pipe' ? streams.shift() : kind));
	const [argv0, ...rest] = args;
	const child = spawn(file, rest, {argv0, stdio: own, cwd, env, detached});
	children.set(id, child);
	child.on('spawn', () => process.send({id, kind: 'started', pid: child.pid}));
	child.on('error', (error) =>
		process.send({id, kind: 'failed', error: {...error}, message: error.message}),
	);
	child.on('exit', (exitCode, signalCode) => {
		children.delete(id);
		process.send({id, kind: 'ended', exitCode, signalCode});
	});
	// The process has its own by now, and only it may hold them open.
	for (const stream of own) {
		if (stream !== 'ignore') {
			stream.destroy();
		}
	}
};

const answer = () => {
	for (let [next] = requests; next && streams.length >= next.streams; [next] = requests) {
		requests.shift();
		if (next.signal === undefined) {
			start(next);
		} else {
			children.get(next.id)?.kill(next.signal);
		}
	}
};

process.on('disconnect', () => process.exit());
process.on('message', (request) => {
	requests.push(request);
	answer();
});
// A connection is not read here: all that comes over it is for the process.
createServer({pauseOnConnect: true}, (stream) => {
	stream.on('error', () => undefined);
	streams.push(stream);
	answer();
}).listen(address, () => process.send({kind: 'ready'}));

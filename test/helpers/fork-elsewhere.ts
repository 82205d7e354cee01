import {ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {connect, type Socket} from 'node:net';
import {basename, join, resolve} from 'node:path';
import {inject} from 'vitest';

/**
 * Lets a small process (`fork-server.js`) start those that a worker of the tests starts. Linux copies the
 * page tables of a process that forks, and each page that it then writes to: a worker is so large that this
 * took longer than the git that it started. Nothing changes for the processes: Node too gives them sockets
 * for their streams.
 */

/** The arguments of `spawn` or `execFile` as Node has read them. Not in its types. */
type Start = {
	readonly file: string;
	/** Begins with the name by which the program is called. */
	readonly args: readonly string[];
	readonly envPairs: readonly string[];
	readonly cwd?: string;
	readonly detached?: boolean;
	readonly stdio?: unknown;
};

type Spawner = {spawn(this: ChildProcess, start: Start): unknown};

type StreamKind = 'pipe' | 'ignore';

/** Comes from the server, about one process. */
type News = {readonly id: number} & (
	| {readonly kind: 'started'; readonly pid: number}
	| {
			readonly kind: 'failed';
			readonly message: string;
			readonly error: {readonly errno: number};
	  }
	| {
			readonly kind: 'ended';
			readonly exitCode: number | null;
			readonly signalCode: NodeJS.Signals | null;
	  }
);

/** Undefined for other programs, of which there are few, and for a stream that only this process has. */
const readKinds = ({file, stdio = 'pipe'}: Start): readonly StreamKind[] | undefined => {
	const list: readonly unknown[] = Array.isArray(stdio) ? stdio : [stdio, stdio, stdio];
	const kinds = list.filter((kind) => kind === 'pipe' || kind === 'ignore');
	const isFrequent = file === process.execPath || basename(file).startsWith('git');
	return isFrequent && list.length === 3 && kinds.length === 3 ? kinds : undefined;
};

const readEnvironment = ({envPairs}: Start): Readonly<Record<string, string>> =>
	Object.fromEntries(
		envPairs.map((pair) => {
			const at = pair.indexOf('=', 1);
			return [pair.slice(0, at), pair.slice(at + 1)];
		}),
	);

/** As Node does when a process has ended: what it wrote may still be in its streams. */
const end = (child: ChildProcess, news: News, streams: readonly Socket[]): void => {
	child.stdin?.destroy();
	const closed = streams.map((stream) => stream.closed || once(stream, 'close'));
	if (news.kind === 'ended') {
		const {exitCode, signalCode} = news;
		Object.assign(child, {exitCode, signalCode});
		child.emit('exit', exitCode, signalCode);
	} else if (news.kind === 'failed') {
		Object.assign(child, {exitCode: news.error.errno});
		child.emit('error', Object.assign(new Error(news.message), news.error));
	}

	process.nextTick(() => {
		for (const stream of streams) {
			stream.resume();
		}
	});
	void Promise.allSettled(closed).then(() => child.emit('close', child.exitCode, child.signalCode));
};

const startServer = async (address: string): Promise<ChildProcess> => {
	const small = ['--jitless', '--v8-pool-size=0', '--max-semi-space-size=1'];
	const script = resolve('test/helpers/fork-server.js');
	const server = spawn(process.execPath, [...small, script, address], {
		stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
	});
	const ended = once(server, 'exit').then(() => {
		throw new Error(
			'The fork server ended. Is the path of the temporary folder too long for a socket?',
		);
	});
	await Promise.race([once(server, 'message'), ended]);
	server.unref();
	return server;
};

const forkElsewhere = async (): Promise<void> => {
	const address = join(inject('originalsFolder'), `fork-${process.pid}`);
	const server = await startServer(address);
	const running = new Map<number, (news: News) => void>();
	server.on('message', (news: News) => running.get(news.id)?.(news));
	let count = 0;

	const start = (child: ChildProcess, given: Start, kinds: readonly StreamKind[]): void => {
		const id = count;
		count += 1;
		// The server knows them by their order alone.
		const stdio = kinds.map((kind, index) =>
			kind === 'pipe' ? connect({path: address, allowHalfOpen: index === 0}) : null,
		);
		const [stdin, stdout, stderr] = stdio;
		const streams = stdio.filter((stream) => stream !== null);
		const {file, args, cwd = process.cwd(), detached} = given;
		const kill = (signal: NodeJS.Signals | number = 'SIGTERM'): boolean => {
			const isRunning = running.has(id);
			if (isRunning) {
				Object.assign(child, {killed: true});
				server.send({id, signal, streams: 0});
			}

			return isRunning;
		};
		Object.assign(child, {stdio, stdin, stdout, stderr, kill, spawnfile: file, spawnargs: args});
		running.set(id, (news) => {
			if (news.kind === 'started') {
				Object.assign(child, {pid: news.pid});
				child.emit('spawn');
			} else {
				running.delete(id);
				end(child, news, streams);
			}
		});
		const env = readEnvironment(given);
		server.send({id, file, args, cwd, env, detached, stdio: kinds, streams: streams.length});
	};

	const {spawn: spawnHere} = ChildProcess.prototype as unknown as Spawner;
	const spawnThere: Spawner['spawn'] = function (given) {
		const kinds = readKinds(given);
		return kinds === undefined ? spawnHere.call(this, given) : start(this, given, kinds);
	};
	Object.assign(ChildProcess.prototype, {spawn: spawnThere});
};

/** A worker runs this file once for each file of tests. */
const isDone = Symbol.for('cistern.fork-elsewhere');

if (process.platform === 'linux' && !(isDone in globalThis)) {
	Object.assign(globalThis, {[isDone]: true});
	await forkElsewhere();
}

import {appendFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {
	type AddressInfo,
	createServer as createMailServer,
	type Server,
	type Socket,
} from 'node:net';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {type Contender, type Finding, interleave, limitMedian} from '../report/measurement.ts';
import type {Bench} from '../scene/bench.ts';
import {openCistern} from '../scene/cistern.ts';
import {makeSmallUpstream} from '../scene/upstream.ts';
import {expectLastRun, saveWorkspace, slugsOf} from '../scene/workspace.ts';

const listen = (server: Server): Promise<number> =>
	new Promise((resolve) => {
		server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
	});

/** Answers at once, unlike smtp-server, which greets after 100 ms. */
const takeMail = (socket: Socket): void => {
	let isText = false;
	socket.on('error', () => undefined);
	socket.write('220 localhost\r\n');
	createInterface({input: socket}).on('line', (line) => {
		if (isText && line !== '.') {
			return;
		}

		isText = !isText && line === 'DATA';
		socket.write(isText ? '354 go on\r\n' : '250 ok\r\n');
	});
};

/** A mail server and a web server that take every message. */
const startSinks = async () => {
	const web = createServer((request, response) => {
		request.resume().on('end', () => response.end('ok'));
	});
	const mail = createMailServer(takeMail);
	return {
		web: await listen(web),
		mail: await listen(mail),
		close: () => {
			web.closeAllConnections();
			web.close();
			mail.close();
		},
	};
};

/** Every kind of target that hears of a quiet night, and some that are told of trouble alone. */
const everything = (web: number, mail: number, metrics: string): string => `
metricsFile: ${metrics}
email: {from: a@example.com, to: b@example.com, server: 127.0.0.1, port: ${mail}}
tell:
  - ping: http://127.0.0.1:${web}/ping
  - webhook: http://127.0.0.1:${web}/hook
  - ntfy: http://127.0.0.1:${web}/topic
    when: always
  - slack: http://127.0.0.1:${web}/slack
    when: news
  - command: 'cat > /dev/null'
`;

/** A quiet night with all targets and metrics, and the same without. */
export const measureTelling = async (bench: Bench): Promise<readonly Finding[]> => {
	const slugs = slugsOf(bench.isQuick ? 100 : 1000);
	const upstream = join(bench.folder, 'small.git');
	await makeSmallUpstream(upstream);
	const sinks = await startSinks();
	const prepare = async (name: string, more: string): Promise<Contender> => {
		const cistern = openCistern(bench, name);
		await saveWorkspace(bench, cistern, slugs, upstream);
		appendFileSync(join(bench.folder, `${name}.yml`), more);
		await cistern.run();
		return {
			name: `\`cistern --yes\`, ${name}`,
			act: async () => {
				await cistern.run();
				expectLastRun(cistern, {inScope: slugs.length, unchanged: slugs.length});
			},
		};
	};
	const told = await prepare(
		'told',
		everything(sinks.web, sinks.mail, join(bench.folder, 'm.prom')),
	);
	const silent = await prepare('silent', '');
	const times = await interleave({told, silent}, bench.isQuick ? 3 : 40);
	sinks.close();
	const samples = times.told.samples.map(
		(sample, round) => sample - (times.silent.samples[round] ?? Number.NaN),
	);
	return [
		{
			title: `Nothing changed, ${slugs.length} repositories, and every target is told`,
			measurements: Object.values(times),
			goals: [limitMedian({name: 'longer than silent', unit: 'ms', samples}, {atMost: 50})],
		},
	];
};

/**
 * The floor: the requests of a run from one process, and nothing else. Plain JavaScript, because
 * removing types takes time. Arguments: origin, workspace, number of repositories, requests at once.
 */
import http from 'node:http';

const [, , origin, workspace, count, atOnce] = process.argv;
const agent = new http.Agent({keepAlive: true, maxSockets: Number(atOnce)});
const headers = {authorization: 'Basic YW5uOkFUQVRULW9mLWFubg=='};

const get = (path) =>
	new Promise((resolve, reject) => {
		http
			.get(`${origin}${path}`, {agent, headers}, (response) => {
				response.on('error', reject).on('end', resolve).resume();
			})
			.on('error', reject);
	});

const paths = [];
for (let page = 1; page <= Math.ceil(count / 100); page += 1) {
	paths.push(`/2.0/repositories/${workspace}?pagelen=100&page=${page}`);
}
for (let index = 0; index < count; index += 1) {
	const slug = `repository-${String(index).padStart(5, '0')}`;
	paths.push(`/${workspace}/${slug}.git/info/refs?service=git-upload-pack`);
}

const work = async () => {
	for (let path = paths.shift(); path !== undefined; path = paths.shift()) {
		await get(path);
	}
};
await Promise.all(Array.from({length: Number(atOnce)}, work));

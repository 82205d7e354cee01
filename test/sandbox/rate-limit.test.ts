import {describe, expect, it} from 'vitest';
import {startScene} from './metadata/scene.ts';

const minute = 60 * 1000;

describe('the limit of requests', () => {
	it('counts the last hour, and tells nothing of it in a header', async () => {
		let time = Date.parse('2026-11-23T12:00:00Z');
		const {sandbox, get} = await startScene({now: () => time});
		sandbox.limitRequests(2);
		const status = async (): Promise<number> => (await get('/repositories/acme/api')).status;
		expect(await status()).toBe(200);
		time += 30 * minute;
		expect(await status()).toBe(200);
		const refused = await get('/repositories/acme/api');
		expect(refused.status).toBe(429);
		expect(await refused.text()).toBe('Rate limit for this resource has been exceeded');
		expect([...refused.headers.keys()].filter((name) => /rate|retry/.test(name))).toEqual([]);
		expect(refused.headers.get('date')).toBe('Mon, 23 Nov 2026 12:30:00 GMT');
		time += 31 * minute;
		expect(await status()).toBe(200);
		expect(await status()).toBe(429);
	});

	it('is each user’s own', async () => {
		const {sandbox, get, asBo} = await startScene();
		sandbox.limitRequests(1);
		expect((await get('/repositories/acme/api')).status).toBe(200);
		expect((await get('/repositories/acme/api', asBo)).status).toBe(200);
		expect((await get('/repositories/acme/api', asBo)).status).toBe(429);
	});

	it('holds for the workspace too or not, as is not known', async () => {
		const {sandbox, metadata, get} = await startScene();
		sandbox.limitRequests(0);
		expect((await get('/workspaces/acme')).status).toBe(429);
		metadata.unknowns.limitsWorkspaces = false;
		expect((await get('/workspaces/acme')).status).toBe(200);
		expect((await get('/repositories/acme/api')).status).toBe(429);
	});
});

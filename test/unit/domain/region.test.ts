import { expect, it } from 'vitest';
import { configuredRegion } from '#shared/domain/region.ts';
import type { Auth } from '#shared/domain/target.ts';

const regionOf = (baseUrl: string, auth: Auth | null = null) => configuredRegion({ baseUrl, auth });
const SIGNED: Auth = { kind: 'sigv4', region: 'eu-west-3', service: 'bedrock' };

it.each<[string, string]>([
  ['https://bedrock-runtime.eu-central-1.amazonaws.com', 'eu-central-1'],
  ['https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com/', 'us-gov-west-1'],
  ['https://bedrock-runtime.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
  ['https://bedrock-mantle.us-east-1.api.aws/v1', 'us-east-1'],
  ['https://vpce-0a-b.bedrock-runtime.us-west-2.vpce.amazonaws.com', 'us-west-2'],
  [
    'https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/europe-west4/publishers/google',
    'europe-west4',
  ],
  ['https://us-central1-aiplatform.googleapis.com', 'us-central1'],
  ['https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google', 'global'],
  ['https://aiplatform.eu.rep.googleapis.com/v1', 'eu'],
  ['https://EastUS.api.cognitive.microsoft.com/openai', 'eastus'],
  ['https://my-model.swedencentral.models.ai.azure.com/v1?api-version=1', 'swedencentral'],
])('the region in the address %s', (url, region) => {
  expect(regionOf(url)).toBe(region);
});

it.each([
  'https://lab.openai.azure.com/openai/v1',
  'https://api.openai.com/v1/locations/eu-west-1',
  'https://bedrock-runtime.eu-central-1.amazonaws.com.example.org',
  'https://us-central1-aiplatform.googleapis.com.example.org/locations/us-central1',
  'https://myaiplatform.googleapis.com/v1/locations/us',
  'http://127.0.0.1:8080/locations/x',
])('no region in the address %s', (url) => {
  expect(regionOf(url)).toBeNull();
});

it('the region of the signature, where the address names none', () => {
  expect(regionOf('https://gateway.example.org', SIGNED)).toBe('eu-west-3');
  expect(regionOf('https://bedrock-runtime.eu-central-1.amazonaws.com', SIGNED)).toBe(
    'eu-central-1',
  );
});

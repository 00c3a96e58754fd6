/** Requests as an analyst copies them from a provider's page; written for these tests. */
export interface Example {
  readonly name: string;
  readonly text: string;
  readonly format: string;
  readonly baseUrl: string;
  readonly model: string;
  /** The body that was pasted. */
  readonly body: unknown;
  readonly parameters?: object;
  readonly stream?: boolean;
  readonly key?: string | null;
  readonly header?: string;
}

const chat = {
  model: 'gpt-4o-mini',
  messages: [
    { role: 'system', content: 'Answer in one word.' },
    { role: 'user', content: "What's the colour of the sky at noon? Say \"blue\" or 'grey'." },
  ],
  temperature: 0.2,
  max_completion_tokens: 32,
  top_logprobs: 3,
  logprobs: true,
  stop: ['\n', 'END'],
  response_format: { type: 'text' },
};

const responses = {
  model: 'gpt-5-mini',
  input: [{ role: 'user', content: 'Name three rivers.' }],
  store: false,
  max_output_tokens: 200,
  reasoning: { effort: 'low', summary: 'auto' },
  text: { verbosity: 'low' },
};

const messages = {
  model: 'claude-sonnet-4-5',
  max_tokens: 1024,
  system: 'Be brief.',
  messages: [
    { role: 'user', content: 'Hello' },
    { role: 'assistant', content: 'Hi.' },
    { role: 'user', content: 'Name a tree.' },
  ],
  stop_sequences: ['###'],
  thinking: { type: 'enabled', budget_tokens: 1024 },
  metadata: { user_id: 'u-1' },
};

const gemini = {
  contents: [{ role: 'user', parts: [{ text: 'How does a tide work?' }] }],
  systemInstruction: { parts: [{ text: 'One sentence.' }] },
  generationConfig: {
    temperature: 1,
    topP: 0.9,
    topK: 40,
    maxOutputTokens: 256,
    stopSequences: ['END'],
    thinkingConfig: { thinkingBudget: 0 },
    responseMimeType: 'text/plain',
  },
  safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
};

const converse = {
  messages: [{ role: 'user', content: [{ text: 'Name a mountain.' }] }],
  system: [{ text: 'One word.' }],
  inferenceConfig: { maxTokens: 100, temperature: 0.5, topP: 0.9, stopSequences: ['.'] },
  additionalModelRequestFields: { top_k: 50 },
};

const ollama = {
  model: 'llama3.2:3b',
  messages: [{ role: 'user', content: 'Why is grass green?' }],
  stream: false,
  think: false,
  options: { temperature: 0, seed: 42, num_predict: 64, num_ctx: 4096 },
};

const sh = (json: unknown): string => `'${JSON.stringify(json, null, 2).replaceAll("'", "'\\''")}'`;
const ansi = (json: unknown): string =>
  `$'${JSON.stringify(json).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const cmd = (json: unknown): string =>
  `"${JSON.stringify(json).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

export const EXAMPLES: readonly Example[] = [
  {
    name: 'OpenAI chat, several lines, single quotes',
    text: `curl https://api.openai.com/v1/chat/completions \\
  -H "Content-Type: application/json" \\
  -H "Authorization: Bearer sk-proj-abc123" \\
  -d ${sh(chat)}`,
    format: 'openai-chat',
    baseUrl: 'https://api.openai.com/v1',
    model: 'gpt-4o-mini',
    body: chat,
    parameters: {
      temperature: 0.2,
      max_tokens: 32,
      top_logprobs: 3,
      logprobs: true,
      stop: ['\n', 'END'],
    },
    key: 'sk-proj-abc123',
  },
  {
    name: 'OpenAI chat, ANSI quotes, one word for option and value, a stream',
    text: `$ curl -sS -XPOST --url https://api.openai.com/v1/chat/completions -H'Authorization: Bearer sk-2' --data-raw ${ansi(
      { ...chat, stream: true, stream_options: { include_usage: true } },
    )} --compressed`,
    format: 'openai-chat',
    baseUrl: 'https://api.openai.com/v1',
    model: 'gpt-4o-mini',
    body: { ...chat, stream: true, stream_options: { include_usage: true } },
    stream: true,
    key: 'sk-2',
  },
  {
    name: 'Azure, key in its own header, a query that stays',
    text: `curl "https://lab-east.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21" -H "api-key: az-77" --json ${sh(chat)}`,
    format: 'openai-chat',
    baseUrl: 'https://lab-east.openai.azure.com/openai/deployments/gpt-4o?api-version=2024-10-21',
    model: 'gpt-4o-mini',
    body: chat,
    key: 'az-77',
    header: 'api-key',
  },
  {
    name: 'OpenAI Responses',
    text: `curl https://api.openai.com/v1/responses -H 'Authorization: Bearer sk-3' -H 'Content-Type: application/json' --data-binary ${sh(responses)}`,
    format: 'openai-responses',
    baseUrl: 'https://api.openai.com/v1',
    model: 'gpt-5-mini',
    body: responses,
    parameters: { max_tokens: 200, reasoning_effort: 'low' },
    key: 'sk-3',
  },
  {
    name: 'Anthropic, a variable of the shell as key',
    text: `curl https://api.anthropic.com/v1/messages \\
     --header "x-api-key: $ANTHROPIC_API_KEY" \\
     --header "anthropic-version: 2023-06-01" \\
     --header "content-type: application/json" \\
     --data ${sh(messages)}`,
    format: 'anthropic-messages',
    baseUrl: 'https://api.anthropic.com/v1',
    model: 'claude-sonnet-4-5',
    body: messages,
    parameters: { max_tokens: 1024, stop: ['###'], thinking: 1024 },
    key: null,
  },
  {
    name: 'Gemini, key in the URL',
    text: `curl 'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent?key=AIza-9' -H 'Content-Type: application/json' -X POST -d ${sh(gemini)}`,
    format: 'gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    model: 'gemini-2.5-flash',
    body: gemini,
    parameters: {
      temperature: 1,
      top_p: 0.9,
      top_k: 40,
      max_tokens: 256,
      stop: ['END'],
      thinking: false,
    },
    key: 'AIza-9',
  },
  {
    name: 'Gemini, streamed, key in a header',
    text: `curl "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse" -H 'x-goog-api-key: AIza-10' --no-buffer -d ${sh(gemini)}`,
    format: 'gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    model: 'gemini-2.5-flash',
    body: gemini,
    stream: true,
    key: 'AIza-10',
  },
  {
    name: 'Vertex AI',
    text: `curl -X POST -H "Authorization: Bearer $(gcloud auth print-access-token)" -H "Content-Type: application/json; charset=utf-8" "https://europe-west4-aiplatform.googleapis.com/v1/projects/lab/locations/europe-west4/publishers/google/models/gemini-2.5-pro:generateContent" -d ${sh(gemini)}`,
    format: 'gemini',
    baseUrl:
      'https://europe-west4-aiplatform.googleapis.com/v1/projects/lab/locations/europe-west4/publishers/google',
    model: 'gemini-2.5-pro',
    body: gemini,
    key: null,
    header: 'authorization',
  },
  {
    name: 'Bedrock Converse with an API key',
    text: `curl -X POST "https://bedrock-runtime.us-east-1.amazonaws.com/model/us.anthropic.claude-3-5-haiku-20241022-v1%3A0/converse" -H "Content-Type: application/json" -H "Authorization: Bearer bedrock-api-key-1" -d ${sh(converse)}`,
    format: 'bedrock-converse',
    baseUrl: 'https://bedrock-runtime.us-east-1.amazonaws.com',
    model: 'us.anthropic.claude-3-5-haiku-20241022-v1:0',
    body: converse,
    parameters: { max_tokens: 100, temperature: 0.5, top_p: 0.9, stop: ['.'] },
    key: 'bedrock-api-key-1',
  },
  {
    name: 'Ollama on this machine, from a Windows prompt',
    text: `curl.exe http://localhost:11434/api/chat ^\r\n  -H "Content-Type: application/json" ^\r\n  -d ${cmd(ollama)}`,
    format: 'ollama',
    baseUrl: 'http://localhost:11434',
    model: 'llama3.2:3b',
    body: ollama,
    parameters: { temperature: 0, seed: 42, max_tokens: 64, thinking: false },
  },
  {
    name: 'a raw HTTP request',
    text: `POST /v1/chat/completions HTTP/1.1\r\nHost: api.mistral.ai\r\nAuthorization: Bearer m-1\r\nContent-Type: application/json\r\nX-Title: audit\r\n\r\n${JSON.stringify(
      { model: 'mistral-small', messages: [{ role: 'user', content: 'Hi' }], random_seed: 7 },
    )}`,
    format: 'openai-chat',
    baseUrl: 'https://api.mistral.ai/v1',
    model: 'mistral-small',
    body: { model: 'mistral-small', messages: [{ role: 'user', content: 'Hi' }], random_seed: 7 },
    parameters: { seed: 7 },
    key: 'm-1',
  },
];

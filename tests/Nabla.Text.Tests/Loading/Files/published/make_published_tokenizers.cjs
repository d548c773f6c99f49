// Makes the files of published-tokenizers: `npm install tokenizers@0.23.2`, then `node make_published_tokenizers.cjs FOLDER`.
// The vocabulary is learnt here from a few sentences; ids, texts and pieces are those of the tokenizers library (Hugging Face, Apache License 2.0).
const fs = require('fs');
const path = require('path');
const { Tokenizer } = require('tokenizers');

const sentences = [
  'The quick brown fox jumps over the lazy dog, and the other dogs think that there is nothing to do.',
  'There was a time when the weather in the north was better than the weather in the south.',
  'She said that they were thinking of the things that were there before the others came.',
  'Numbers such as 10, 100 and 1000 are written with the same digits.',
  '  Two spaces begin this line, and  two stand within it.',
  'the cat sat on the mat; the hat that the cat had on was that of the man.',
  '我爱北京天安门，天安门上太阳升。北京是中国的首都。',
  'Ça va très bien, merci; où est la bibliothèque? À côté de la forêt.',
];
const space = '\u2581';

function learn(count) {
  const words = sentences.map((text) => (space + text.replaceAll(' ', space)).split(/(?=\u2581)/)).flat().map((word) => [...word]);
  const tokens = ['<unk>', '<s>', '</s>', ...Array.from({ length: 256 }, (_, value) => `<0x${value.toString(16).toUpperCase().padStart(2, '0')}>`)];
  tokens.push(...new Set(words.flat()));
  const learnt = [];
  while (learnt.length < count) {
    const pairs = new Map();
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i++) {
        const pair = word[i] + ' ' + word[i + 1];
        pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
      }
    }
    const [best] = [...pairs].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0];
    const [left, right] = best.split(' ');
    learnt.push(left + right);
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i++) {
        if (word[i] === left && word[i + 1] === right) word.splice(i, 2, left + right);
      }
    }
  }
  for (const run of [2, 3, 4, 8]) learnt.push(space.repeat(run));
  tokens.push(...new Set(learnt));
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  // As files made from SentencePiece's models have it: all pairs that a token is made of, in the order of the tokens.
  const merges = [...new Set(learnt)].flatMap((token) => {
    const letters = [...token];
    return letters.slice(1).map((_, at) => [letters.slice(0, at + 1).join(''), letters.slice(at + 1).join('')]).filter(([left, right]) => left in vocab && right in vocab);
  });
  return { vocab, merges };
}

const { vocab, merges } = learn(220);
const size = Object.keys(vocab).length;
const addedToken = (id, content, further = {}) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true, ...further });
const base = {
  version: '1.0',
  added_tokens: ['<unk>', '<s>', '</s>'].map((content, id) => addedToken(id, content)),
  normalizer: { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: space }, { type: 'Replace', pattern: { String: ' ' }, content: space }] },
  pre_tokenizer: null,
  post_processor: null,
  decoder: { type: 'Sequence', decoders: [
    { type: 'Replace', pattern: { String: space }, content: ' ' }, { type: 'ByteFallback' }, { type: 'Fuse' }, { type: 'Strip', content: ' ', start: 1, stop: 0 }] },
  model: { type: 'BPE', dropout: null, unk_token: '<unk>', continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: true, byte_fallback: true, merges: null, vocab: null },
};
const metaspace = (scheme, split) => ({ type: 'Metaspace', replacement: space, prepend_scheme: scheme, split });
const metaspaceFile = (scheme, split) => ({ normalizer: null, pre_tokenizer: metaspace(scheme, split), decoder: {
  type: 'Sequence', decoders: [{ type: 'ByteFallback' }, { type: 'Metaspace', replacement: space, prepend_scheme: scheme, split }] } });
const gemma = { normalizer: { type: 'Replace', pattern: { String: ' ' }, content: space },
  pre_tokenizer: { type: 'Split', pattern: { String: ' ' }, behavior: 'MergedWithPrevious', invert: false },
  decoder: { type: 'Sequence', decoders: [{ type: 'Replace', pattern: { String: space }, content: ' ' }, { type: 'ByteFallback' }, { type: 'Fuse' }] } };
// Each is the file of the folder with other members; those of model are one by one.
const variants = [
  { name: 'llama', changes: {} },
  { name: 'llama, whole pieces first', changes: { model: { ignore_merges: true } } },
  { name: 'llama, bytes missing, unknown ones fused', changes: {}, without: ['<0xF0>', '<0xE2>'] },
  { name: 'llama, bytes missing, unknown ones alone', changes: { model: { fuse_unk: false } }, without: ['<0xF0>', '<0xE2>'] },
  { name: 'no bytes, unknown ones alone', changes: { model: { byte_fallback: false, fuse_unk: false } } },
  { name: 'no bytes, unknown ones fused', changes: { model: { byte_fallback: false } } },
  { name: 'no bytes, no unknown one', changes: { model: { byte_fallback: false, unk_token: null } } },
  { name: 'gemma', changes: gemma },
  { name: 'metaspace first', changes: metaspaceFile('first', false) },
  { name: 'metaspace first, split', changes: metaspaceFile('first', true) },
  { name: 'metaspace always', changes: metaspaceFile('always', true) },
  { name: 'metaspace always, not split', changes: metaspaceFile('always', false) },
  { name: 'metaspace never', changes: metaspaceFile('never', true) },
  { name: 'metaspace alone, old flag', changes: { normalizer: null, pre_tokenizer: { type: 'Metaspace', replacement: space, add_prefix_space: true }, decoder: { type: 'Metaspace', replacement: space, add_prefix_space: true } } },
  { name: 'split and metaspace', changes: { normalizer: null, pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'WhitespaceSplit' }, metaspace('always', true)] }, decoder: metaspace('always', true) } },
  { name: 'digits and metaspace first', changes: { normalizer: { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
    pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'Digits', individual_digits: true }, metaspace('first', true)] }, decoder: metaspace('first', true) } },
  { name: 'normalized and stripping tokens', changes: { added_tokens: [...base.added_tokens, addedToken(size, '<m>', { lstrip: true }), addedToken(size + 1, '<n>', { rstrip: true }),
    addedToken(size + 2, 'the fox', { normalized: true, special: false }), addedToken(size + 3, '<w>', { single_word: true })], ...gemma } },
  { name: 'normalized tokens and metaspace', changes: { added_tokens: [...base.added_tokens, addedToken(size, 'the', { normalized: true, special: false, rstrip: true })], ...metaspaceFile('first', true) } },
  ...[['NFC'], ['NFD'], ['NFKC'], ['NFKD'], ['Lowercase'], ['StripAccents'], ['NFD', 'Lowercase', 'StripAccents']].map((types) => (
    { name: types.join(' and '), changes: { normalizer: { type: 'Sequence', normalizers: types.map((type) => ({ type })) } } })),
  { name: 'no decoder', changes: { decoder: null } },
];
const texts = [
  '', ' ', '  ', '     ', 'the', ' the', '  the', 'the ', 'the  ', 'the dog  and   the\tcat', '\tthe', 'the\nother\r\n\n thing', '我爱北京', '我愛 北京。', '漢字かな交じり文 한국어',
  '😀', '👩‍👩‍👧‍👦 family', 'e\u0301 and é', 'naïve façade', '𠀀𠀁 的', '<s>the dog</s>', '<s> the dog </s> the', 'a<s>b', '<s><s>', '</s>', 'x <unk> y', 'the\u0000\u0001\u007f', '\u2581the \u2581 dog',
  'thethethethe thatthat', '1000 and 10,000', 'Ω≈ç√∫ ∂ƒ', '\ufeffthe', '<0x41> <0xZZ>', 'the <m> fox <n>  the fox<w> <w>x', 'weather\u00a0there', 'ÀÇ', 'the fox  the fox', '\u2028\u3000 the', 'm😀𝒳the',
  'ÀÇ  ﬁ ½ ㎏ Ａ', '\u1112\u1161\u11ab 한', 'Å \u212b q\u0323\u0307 q\u0307\u0323', 'ΑΣ İI ǅ ЁЩ', 'नि ਕਿ a\u20dd',
];

function variant({ changes, without }) {
  const kept = Object.fromEntries(Object.entries(vocab).filter(([token]) => !(without ?? []).includes(token)));
  const { model, ...others } = changes;
  return JSON.stringify({ ...base, ...others, model: { ...base.model, vocab: kept, merges, ...(model ?? {}) } });
}

async function idsOf(one) {
  const tokenizer = Tokenizer.fromString(variant(one));
  const cases = [];
  for (const text of texts) {
    const ids = (await tokenizer.encode(text, null, { addSpecialTokens: false })).getIds();
    cases.push({ text, ids, decoded: await tokenizer.decode(ids, false) });
  }
  return { ...one, cases };
}

const patterns = [
  ["(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+", 'Isolated'],
  ['\\p{Han}+', 'Isolated'], ['[\\p{Han}\\p{Hiragana}\\p{Katakana}]+', 'Isolated'], ['\\p{Hangul}', 'Removed'], ['[^\\p{Han}]', 'Removed'], ['\\P{Han}+', 'Isolated'],
  ['\\p{^Latin}+', 'Isolated'], ['[\\p{Greek}\\p{Cyrillic}]+', 'Isolated'], ['[一-龥\u3040-ゟ゠-ヿ]+', 'Isolated'], ['[A-Za-z𐐀-𐑏]+', 'Isolated'], ['𠀀|😀', 'MergedWithNext'],
  ['\\w+|[^\\w\\s]+', 'Isolated'], ['\\W', 'Isolated'], ['.', 'Isolated'], ['\\d', 'Isolated'], ['[^\\d\\s]+', 'Isolated'], ['[\\S]', 'Isolated'], ['\\p{M}+', 'Isolated'], ['[\\p{L}\\p{M}]+|\\p{N}{1,3}', 'Isolated'],
  ['[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+', 'Isolated'], ['[\\p{P}\\p{S}]', 'Isolated'], ['[!-/:-~ ]', 'Isolated'], ['\\x{20000}', 'Isolated'], ['[\\u4e00-\\u9fff]', 'Contiguous'],
  ['[^\\p{Han}\\w]+', 'Isolated'], ['(?i:THE|é)', 'Isolated'], ['\\b\\w', 'Isolated'], ['\\B.', 'Isolated'],
  ["'(?:s|t|re|ve|m|ll|d)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+", 'Isolated'], ['[\\]\\-a]', 'Isolated'], ['^\\s|x$', 'Isolated'],
];
const cutTexts = [
  "It's I'LL 10 𠀀字か カナ 한국 ΩЖ", '汉字😀abc', '😀the 𝒳𝟙2 ３', 'é e\u0301 ñ', 'the\n x\n\n  y x', '\u3005\u3007\u303b 𠀀𪜀 ー・。', '𐐀𐑏 a-]b', 'THÉ the', '١٢ ² Ⅷ _ \u00a0',
];
function piecesOf([pattern, behavior]) {
  const tokenizer = Tokenizer.fromString(JSON.stringify({ ...base, normalizer: null, pre_tokenizer: { type: 'Split', pattern: { Regex: pattern }, behavior, invert: false }, model: { ...base.model, vocab, merges } }));
  return { pattern, behavior, cases: cutTexts.map((text) => ({ text, pieces: tokenizer.getPreTokenizer().preTokenizeString(text).map(([piece]) => piece) })) };
}

(async () => {
  const folder = process.argv[2];
  const write = (name, value) => fs.writeFileSync(path.join(folder, name), JSON.stringify(value, null, 1).replace(/\[\s+([^[\]{}]*?)\s+\]/g, (_, inner) => `[${inner.replace(/\s*\n\s*/g, ' ')}]`)
    .replace(/\{\s+("text"[^{}]*?)\s+\}/g, (_, inner) => `{ ${inner.replace(/\s*\n\s*/g, ' ')} }`) + '\n');
  write('tokenizer.json', JSON.parse(variant({ changes: {} })));
  const all = [];
  for (const one of variants) all.push(await idsOf(one));
  write('ids.json', all);
  write('pieces.json', patterns.map(piecesOf));
})();

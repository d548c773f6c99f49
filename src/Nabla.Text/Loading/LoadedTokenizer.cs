using Microsoft.ML.Tokenizers;

namespace Nabla.Text;

/// <summary>A tokenizer with the number of its ids.</summary>
internal sealed record LoadedTokenizer(Tokenizer Tokenizer, int Size);

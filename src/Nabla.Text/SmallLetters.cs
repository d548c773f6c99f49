using Microsoft.ML.Tokenizers;

namespace Nabla.Text;

/// <summary>Makes capital letters small, the same way in every culture.</summary>
internal sealed class SmallLetters : Normalizer
{
    public override string Normalize(string original) => original.ToLowerInvariant();

    public override string Normalize(ReadOnlySpan<char> original) => Normalize(original.ToString());
}

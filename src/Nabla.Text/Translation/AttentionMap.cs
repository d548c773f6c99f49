namespace Nabla.Text;

/// <summary>Where a translation looked while it was made.</summary>
/// <param name="Source">The tokens of the sentence, the token of its end last.</param>
/// <param name="Target">The tokens of the translation, the token of its end last.</param>
/// <param name="Weights">
/// <c>[target, source]</c>, float32: how much each token of the translation looked at each of the sentence, mean over the heads of the decoder's last
/// layer; each row sums to 1.
/// </param>
public sealed record AttentionMap(IReadOnlyList<string> Source, IReadOnlyList<string> Target, Tensor Weights);

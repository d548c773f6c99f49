using Nabla.Data;

namespace Nabla.Text;

/// <summary>Pairs of sentences as samples of an encoder-decoder network.</summary>
/// <param name="Samples">
/// The input of a sample, int32 <c>[2, length]</c>: the tokens of the sentence and <see cref="TextPreprocessing.EndToken"/>; then
/// <see cref="TextPreprocessing.BeginToken"/> and the tokens of the translation. Its target, int32 <c>[length]</c>: the tokens of the translation and
/// the end token. All are filled up with <see cref="TextPreprocessing.PaddingId"/>; the length is that of the longer of the two.
/// </param>
/// <param name="Truncated">How many sentences or translations were longer than their windows and have been cut off.</param>
/// <param name="Unknown">How many sentences have no token that the vocabulary has.</param>
public sealed record EncodedPairs(Dataset<Sample> Samples, int Truncated, int Unknown)
{
    /// <summary>Encodes pairs as a network reads them.</summary>
    /// <param name="texts">The pairs.</param>
    /// <param name="source">How the sentences become tokens.</param>
    /// <param name="target">How the translations become tokens.</param>
    /// <exception cref="ArgumentException">A vocabulary has no token of the beginning or the end.</exception>
    public static EncodedPairs Of(ParallelTexts texts, TextPreprocessing source, TextPreprocessing target)
    {
        ArgumentNullException.ThrowIfNull(texts);
        SentenceEncoder sources = new(source);
        SentenceEncoder targets = new(target);
        EncodedSentence[] read = [.. texts.Sources.Select(sources.Encode)];
        EncodedSentence[] written = [.. texts.Targets.Select(targets.Encode)];
        return new EncodedPairs(
            Dataset.FromEnumerable(read.Zip(written, (of, into) => Pair(of.Ids, into.Ids, targets.Begin)).ToArray()),
            read.Concat(written).Count(sentence => sentence.IsTruncated),
            read.Count(sentence => sentence.IsUnknown));
    }

    private static Sample Pair(int[] source, int[] target, int begin)
    {
        int length = Math.Max(source.Length, target.Length);
        int[] input = new int[2 * length];
        source.CopyTo(input, 0);
        input[length] = begin;
        target.AsSpan(..^1).CopyTo(input.AsSpan(length + 1));
        int[] answer = new int[length];
        target.CopyTo(answer, 0);
        return new Sample(Tensor.From(input, [2, length]), Tensor.From(answer));
    }
}

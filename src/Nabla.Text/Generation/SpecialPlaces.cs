using Nabla.Data;

namespace Nabla.Text;

/// <summary>What the special tokens of a vocabulary mean when a text is made.</summary>
/// <param name="Begin">The token that an empty prompt stands for: the one that begins a text, or a line, or the one met most.</param>
/// <param name="End">Those that end a text.</param>
/// <param name="Never">Those that are no text.</param>
internal sealed record SpecialPlaces(int Begin, IReadOnlyList<int> End, IReadOnlyList<int> Never)
{
    private static readonly string[] Silent = [.. TextPreprocessing.SpecialTokens, TextPreprocessing.BeginToken, TextPreprocessing.SeparatorToken];

    public static SpecialPlaces Of(IReadOnlyList<string> vocabulary)
    {
        int[] begins = [.. new[] { TextPreprocessing.BeginToken, "\n" }.SelectMany(token => PlacesOf(vocabulary, token)).Take(1)];
        return new SpecialPlaces(
            begins is [int begin] ? begin : Math.Min(TextPreprocessing.SpecialTokens.Count, vocabulary.Count - 1),
            [.. PlacesOf(vocabulary, TextPreprocessing.EndToken)],
            [.. Silent.SelectMany(token => PlacesOf(vocabulary, token))]);
    }

    private static IEnumerable<int> PlacesOf(IReadOnlyList<string> vocabulary, string token) =>
        vocabulary.Index().Where(pair => pair.Item == token).Select(pair => pair.Index);
}

using System.Text;
using Microsoft.ML.Tokenizers;

namespace Nabla.Text;

/// <summary>Changes what stands between special tokens, one change after the other; these stay as they are, and some take the white space beside them.</summary>
/// <param name="special">What finds the tokens.</param>
/// <param name="tokens">The tokens.</param>
/// <param name="changes">The changes.</param>
internal sealed class StepNormalizer(SpecialTokens special, IReadOnlyList<AddedToken> tokens, IReadOnlyList<Func<string, string>> changes) : Normalizer
{
    private readonly HashSet<string> takesBefore = [.. tokens.Where(token => token.TakesSpaceBefore).Select(token => token.Content)];
    private readonly HashSet<string> takesBehind = [.. tokens.Where(token => token.TakesSpaceBehind).Select(token => token.Content)];

    public override string Normalize(string original)
    {
        ArgumentNullException.ThrowIfNull(original);
        (string Text, bool IsSpecial)[] pieces = [.. special.Split(original).Select(piece => (original.Substring(piece.Offset, piece.Length), piece.IsSpecial))];
        StringBuilder result = new(original.Length);
        for (int place = 0; place < pieces.Length; place++)
        {
            result.Append(pieces[place].IsSpecial ? pieces[place].Text : Changed(pieces, place));
        }

        return result.ToString();
    }

    public override string Normalize(ReadOnlySpan<char> original) => Normalize(original.ToString());

    private string Changed((string Text, bool IsSpecial)[] pieces, int place)
    {
        string text = pieces[place].Text;
        text = place > 0 && takesBehind.Contains(pieces[place - 1].Text) ? text.TrimStart() : text;
        text = place + 1 < pieces.Length && takesBefore.Contains(pieces[place + 1].Text) ? text.TrimEnd() : text;
        return text.Length == 0 ? text : changes.Aggregate(text, (changed, change) => change(changed));
    }
}

using Microsoft.ML.Tokenizers;

namespace Nabla.Text;

/// <summary>What becomes of the places that are found when a text is cut; the names are those of <c>tokenizer.json</c>.</summary>
internal enum SplitBehavior
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}

/// <summary>Cuts a text at places that are found in it, and keeps or leaves out what stands there.</summary>
/// <param name="find">The places in a text, in order.</param>
/// <param name="behavior">What becomes of them.</param>
/// <param name="inverts">Whether it is what stands between them that counts as found.</param>
internal sealed class SplitPreTokenizer(Func<string, IEnumerable<(int Offset, int Length)>> find, SplitBehavior behavior, bool inverts = false) : PreTokenizer
{
    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<(int Offset, int Length)> pieces = [];
        bool? before = null;
        foreach ((int offset, int length, bool isFound) in Parts(text))
        {
            if (before is { } isFoundBefore && Joins(isFoundBefore, isFound))
            {
                pieces[^1] = (pieces[^1].Offset, pieces[^1].Length + length);
            }
            else if (!isFound || behavior != SplitBehavior.Removed)
            {
                pieces.Add((offset, length));
            }

            before = isFound;
        }

        return pieces;
    }

    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => PreTokenize(text.ToString());

    private bool Joins(bool isFoundBefore, bool isFound) => behavior switch
    {
        SplitBehavior.Contiguous => isFoundBefore == isFound,
        SplitBehavior.MergedWithPrevious => isFound && !isFoundBefore,
        SplitBehavior.MergedWithNext => isFoundBefore && !isFound,
        _ => false,
    };

    private IEnumerable<(int Offset, int Length, bool IsFound)> Parts(string text)
    {
        int begin = 0;
        foreach ((int offset, int length) in find(text).Where(place => place.Length > 0))
        {
            if (offset > begin)
            {
                yield return (begin, offset - begin, inverts);
            }

            yield return (offset, length, !inverts);
            begin = offset + length;
        }

        if (begin < text.Length)
        {
            yield return (begin, text.Length - begin, inverts);
        }
    }
}

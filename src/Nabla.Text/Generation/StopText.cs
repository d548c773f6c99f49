namespace Nabla.Text;

/// <summary>Ends a stream of text before the first of some sequences of characters, which may be spread over several pieces.</summary>
internal sealed class StopText(IReadOnlyList<string> sequences)
{
    private readonly string[] sequences = [.. sequences.Where(sequence => sequence.Length > 0)];
    private string kept = "";

    /// <summary>Whether a sequence has been met: nothing more comes.</summary>
    public bool HasStopped { get; private set; }

    /// <summary>What of the text so far cannot belong to a sequence.</summary>
    public string Add(string piece)
    {
        string text = kept + piece;
        int[] places = [.. sequences.Select(sequence => text.IndexOf(sequence, StringComparison.Ordinal)).Where(place => place >= 0)];
        HasStopped = places.Length > 0;
        int ready = HasStopped ? places.Min() : text.Length - LengthOfBeginning(text);
        kept = HasStopped ? "" : text[ready..];
        return text[..ready];
    }

    /// <summary>What was kept, when no more comes.</summary>
    public string Finish() => kept;

    // The longest end of the text with which a sequence begins.
    private int LengthOfBeginning(string text) => sequences.Select(sequence => LengthOfBeginning(text, sequence)).DefaultIfEmpty(0).Max();

    private static int LengthOfBeginning(string text, string sequence)
    {
        int length = Math.Min(sequence.Length - 1, text.Length);
        while (!text.EndsWith(sequence[..length], StringComparison.Ordinal))
        {
            length--;
        }

        return length;
    }
}

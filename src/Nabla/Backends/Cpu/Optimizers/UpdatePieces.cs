namespace Nabla.Backends.Cpu.Optimizers;

/// <summary>Equal pieces of parameters that are taken as one long row. Each element stands alone, so pieces may be cut anywhere.</summary>
internal readonly struct UpdatePieces
{
    private const int PieceElements = 1 << 13;

    private readonly long total;
    private readonly (int Parameter, int Start)[]? starts;

    private UpdatePieces(long total, (int Parameter, int Start)[]? starts) => (this.total, this.starts) = (total, starts);

    /// <summary>The number of pieces.</summary>
    public int Count => checked((int)((total + PieceElements - 1) / PieceElements));

    /// <summary>The pieces of one parameter.</summary>
    public static UpdatePieces Of(int elements) => new(elements, null);

    /// <summary>The pieces of several parameters together.</summary>
    public static UpdatePieces Of(int[] elements)
    {
        List<(int Parameter, int Start)> starts = [];
        long before = 0;
        for (int parameter = 0; parameter < elements.Length; parameter++)
        {
            while (starts.Count * (long)PieceElements < before + elements[parameter])
            {
                starts.Add((parameter, (int)((starts.Count * (long)PieceElements) - before)));
            }

            before += elements[parameter];
        }

        return new(before, [.. starts]);
    }

    /// <summary>Where a piece begins.</summary>
    public (int Parameter, int Start) Start(int piece) => starts is null ? (0, piece * PieceElements) : starts[piece];

    /// <summary>The elements of a piece.</summary>
    public int Size(int piece) => (int)Math.Min(PieceElements, total - (piece * (long)PieceElements));
}

using System.Globalization;

namespace Nabla.Benchmarks.SideBySide;

/// <summary>What a duel came to.</summary>
/// <param name="Case">The case.</param>
/// <param name="Variant">Which size of it.</param>
/// <param name="Threads">How many threads each side had.</param>
/// <param name="Metric">What the figures are.</param>
/// <param name="Nabla">Nabla's figure.</param>
/// <param name="Peers">The peers' figures, in each configuration.</param>
/// <param name="PeakShare">Nabla's share of the machine's peak; null where that says nothing.</param>
internal sealed record Outcome(string Case, string Variant, int Threads, string Metric, double Nabla, IReadOnlyList<PeerFigure> Peers, double? PeakShare)
{
    /// <summary>The titles of <see cref="ToString"/>.</summary>
    public const string Header = "case\tvariant\tthreads\tmetric\tnabla\tbest peer\t\tratio\ttarget\t\tof peak";

    /// <summary>The peer that came nearest, or was ahead.</summary>
    public PeerFigure Best => Peers.MinBy(peer => peer.Ratio)!;

    /// <summary>The line of the table: Nabla, the best peer, what was asked.</summary>
    public override string ToString() => $"{Line(Best)}\t{Targets.Judge(this)}\t{Share}";

    /// <summary>A line for each configuration of each peer.</summary>
    public IEnumerable<string> Details() => Peers.Select(peer => $"{Line(peer)}\t\t\t{Share}");

    /// <summary>Three digits or so.</summary>
    public static string Digits(double figure) => figure.ToString(figure < 10 ? "F2" : figure < 1000 ? "F1" : "F0", CultureInfo.InvariantCulture);

    private string Share => PeakShare is { } share ? string.Create(CultureInfo.InvariantCulture, $"{100 * share:F0} %") : string.Empty;

    private string Line(PeerFigure peer) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Case}\t{Variant}\t{Threads}\t{Metric}\t{Digits(Nabla)}\t{Digits(peer.Figure)}\t{peer.Name}\t{peer.Ratio:F2}");
}

/// <summary>A peer's figure.</summary>
/// <param name="Name">The peer and its configuration.</param>
/// <param name="Figure">The median.</param>
/// <param name="Ratio">How many times faster Nabla was, the median over the rounds.</param>
internal sealed record PeerFigure(string Name, double Figure, double Ratio);

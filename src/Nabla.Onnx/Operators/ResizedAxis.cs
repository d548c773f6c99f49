namespace Nabla.Onnx.Operators;

/// <summary>How an axis of one size becomes one of another, as the operator Resize says (onnx.ai, Operators, Resize).</summary>
/// <param name="From">The size before.</param>
/// <param name="To">The size after.</param>
/// <param name="Scale">By how much places are apart.</param>
internal sealed record ResizedAxis(int From, int To, double Scale)
{
    public string Mode { get; init; } = "nearest";

    public string Coordinates { get; init; } = "half_pixel";

    public string Rounding { get; init; } = "round_prefer_floor";

    public double CubicCoefficient { get; init; } = -0.75;

    public bool ExcludesOutside { get; init; }

    public bool Antialias { get; init; }

    public double Extrapolation { get; init; }

    public (double Start, double End)? Region { get; init; }

    public bool IsIdentity => From == To && Scale == 1 && Coordinates != "tf_crop_and_resize";

    /// <summary>The weights <c>[to, from]</c>, and which places lie outside and take the extrapolation.</summary>
    public (double[] Weights, bool[] Outside) Matrix()
    {
        double[] weights = new double[To * From];
        bool[] outside = new bool[To];
        for (int place = 0; place < To; place++)
        {
            double original = Original(place);
            outside[place] = Coordinates == "tf_crop_and_resize" && (original < 0 || original > From - 1);
            Fill(weights.AsSpan(place * From, From), original);
        }

        return (weights, outside);
    }

    private double Original(int place)
    {
        double length = To;
        double scaled = From * Scale;
        switch (Coordinates)
        {
            case "asymmetric":
                return place / Scale;
            case "align_corners":
                return scaled == 1 ? 0 : place * (From - 1.0) / (scaled - 1);
            case "pytorch_half_pixel":
                return To > 1 ? ((place + 0.5) / Scale) - 0.5 : 0;
            case "tf_half_pixel_for_nn":
                return (place + 0.5) / Scale;
            case "half_pixel_symmetric":
                double adjustment = length / (From * Scale);
                double center = From / 2.0;
                return (center * (1 - adjustment)) + ((place + 0.5) / Scale) - 0.5;
            case "tf_crop_and_resize":
                (double start, double end) = Region ?? (0, 1);
                return To > 1
                    ? (start * (From - 1)) + (place * (end - start) * (From - 1) / (To - 1))
                    : 0.5 * (start + end) * (From - 1);
            default:
                return ((place + 0.5) / Scale) - 0.5;
        }
    }

    private void Fill(Span<double> row, double original)
    {
        if (Mode == "nearest")
        {
            row[Math.Clamp(Nearest(original), 0, From - 1)] = 1;
            return;
        }

        double stretch = Antialias && Scale < 1 ? Scale : 1;
        double reach = (Mode == "cubic" ? 2 : 1) / stretch;
        int first = (int)Math.Floor(original - reach) + 1;
        int last = (int)Math.Ceiling(original + reach) - 1;
        first = Mode == "linear" && stretch == 1 ? (int)Math.Floor(original) : first;
        last = Mode == "linear" && stretch == 1 ? first + 1 : last;
        double sum = 0;
        for (int index = first; index <= last; index++)
        {
            bool isOutside = index < 0 || index >= From;
            double weight = isOutside && ExcludesOutside ? 0 : Weight((original - index) * stretch);
            sum += weight;
            row[Math.Clamp(index, 0, From - 1)] += weight;
        }

        for (int index = 0; index < row.Length && sum != 0; index++)
        {
            row[index] /= sum;
        }
    }

    private double Weight(double distance)
    {
        double x = Math.Abs(distance);
        double a = CubicCoefficient;
        return Mode == "linear" ? Math.Max(0, 1 - x)
            : x <= 1 ? ((((a + 2) * x) - (a + 3)) * x * x) + 1
            : x < 2 ? ((((a * x) - (5 * a)) * x + (8 * a)) * x) - (4 * a)
            : 0;
    }

    private int Nearest(double original) => Rounding switch
    {
        "floor" => (int)Math.Floor(original),
        "ceil" => (int)Math.Ceiling(original),
        "round_prefer_ceil" => (int)Math.Floor(original + 0.5),
        _ => (int)Math.Ceiling(original - 0.5),
    };
}

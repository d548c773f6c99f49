// Filters of 3 x 3 evaluated at six points in both directions, 36 numbers of 16 bits. They stand as the register tile reads them: for each point
// panels of two vectors of columns, in which two neighbouring inputs are a step. Since all that overflows comes back when the sums are gathered, only
// the sums themselves must fit what is left of 32 bits: 26 of them with the sign.
namespace Nabla.Backends.Cpu.Quantized.Winograd;

/// <summary>Packed filters of a tiled convolution.</summary>
/// <param name="Inputs">The channels that are read.</param>
/// <param name="Outputs">The channels that are written.</param>
/// <param name="Width">The columns of a panel.</param>
internal readonly record struct TiledFilters(int Inputs, int Outputs, int Width)
{
    /// <summary>The points of a filter along an axis.</summary>
    public const int Points = 6;

    private const int Taps = 3;
    private const int LargestSum = (1 << 25) - 1;

    /// <summary>The panels of a point.</summary>
    public int Panels => (Outputs + Width - 1) / Width;

    /// <summary>The numbers of a panel.</summary>
    public nint PanelSize => (nint)Inputs * Width;

    /// <summary>The bytes of all points.</summary>
    public long Bytes => (long)Points * Points * Panels * PanelSize * sizeof(short);

    /// <summary>Where a panel of a point begins.</summary>
    public nint PanelAt(int point, int panel) => (((nint)point * Panels) + panel) * PanelSize;

    /// <summary>Whether all sums of bytes times such weights can be gathered: <c>[steps, outputs]</c>, zero points taken off.</summary>
    public static unsafe bool Holds<TByte>(TByte* weights, TByte* zeroPoints, int zeroPointStep, int steps, int outputs)
        where TByte : unmanaged
    {
        for (int output = 0; output < outputs; output++)
        {
            (long above, long below) = (0, 0);
            for (int step = 0; step < steps; step++)
            {
                int weight = ByteLanes.Load(weights + ((nint)step * outputs) + output) - ByteLanes.Load(zeroPoints + ((nint)output * zeroPointStep));
                (above, below) = (above + Math.Max(weight, 0), below - Math.Min(weight, 0));
            }

            if (Math.Max(above, below) * byte.MaxValue > LargestSum)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Packs weights <c>[3, 3, inputs, outputs]</c>, and sums those of each output.</summary>
    public unsafe void Pack<TByte>(TByte* weights, TByte* zeroPoints, int zeroPointStep, short* packed, int* sums)
        where TByte : unmanaged => WorkerPool.Run(Panels, new Piece<TByte>(this, weights, zeroPoints, zeroPointStep, packed, sums));

    private readonly unsafe struct Piece<TByte>(TiledFilters filters, TByte* weights, TByte* zeroPoints, int zeroPointStep, short* packed, int* sums) : IPieceBody
        where TByte : unmanaged
    {
        public void Run(int panel)
        {
            int* taps = stackalloc int[Taps * Taps];
            int first = panel * filters.Width;
            for (int column = 0; column < filters.Width; column++)
            {
                int output = first + column;
                int sum = 0;
                for (int input = 0; input < filters.Inputs; input++)
                {
                    sum += output < filters.Outputs ? Read(input, output, taps) : Clear(taps);
                    nint place = ((nint)(input >> 1) * filters.Width * 2) + (column * 2) + (input & 1);
                    Evaluate(taps, panel, place);
                }

                if (output < filters.Outputs)
                {
                    sums[output] = sum;
                }
            }
        }

        private int Read(int input, int output, int* taps)
        {
            int zero = ByteLanes.Load(zeroPoints + ((nint)output * zeroPointStep));
            int sum = 0;
            for (int tap = 0; tap < Taps * Taps; tap++)
            {
                taps[tap] = ByteLanes.Load(weights + ((((nint)tap * filters.Inputs) + input) * filters.Outputs) + output) - zero;
                sum += taps[tap];
            }

            return sum;
        }

        private static int Clear(int* taps)
        {
            new Span<int>(taps, Taps * Taps).Clear();
            return 0;
        }

        private void Evaluate(int* taps, int panel, nint place)
        {
            int* rows = stackalloc int[Points * Taps];
            for (int x = 0; x < Taps; x++)
            {
                for (int y = 0; y < Points; y++)
                {
                    rows[(y * Taps) + x] = At(y, taps[x], taps[Taps + x], taps[(2 * Taps) + x]);
                }
            }

            for (int y = 0; y < Points; y++)
            {
                int* row = rows + (y * Taps);
                for (int x = 0; x < Points; x++)
                {
                    packed[filters.PanelAt((y * Points) + x, panel) + place] = (short)At(x, row[0], row[1], row[2]);
                }
            }
        }

        private static int At(int point, int a, int b, int c) => point switch
        {
            0 => a,
            1 => a + b + c,
            2 => a - b + c,
            3 => a + (2 * b) + (4 * c),
            4 => a - (2 * b) + (4 * c),
            _ => c,
        };
    }
}

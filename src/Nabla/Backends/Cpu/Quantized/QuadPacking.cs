// Packs weights for bytes of 0 to 255. In 16 bits a lane holds a sum as long as the weights it was made with, those above zero and those below
// each for themselves, come to 128 at most: 255 * 128 = 32640. A quad that passes that by itself is cut into parts that add up to it. The others
// are put together greedily, up to four, as long as all lanes of the panel fit; that saves the widening of all but one of them. What is exact
// needs no order, so quads stand in the order of their groups.
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Quantized;

/// <summary>Writes the panels of <see cref="QuadLayout"/> and the sum of each column's weights.</summary>
/// <typeparam name="TByte">The type of the weights.</typeparam>
internal static unsafe class QuadPacking<TByte>
    where TByte : unmanaged
{
    private const int Quad = 4;
    private const int MostOfLane = 128;
    private const int MostOpen = 8;

    /// <summary>Packs weights <c>[steps, outputs]</c>.</summary>
    /// <param name="layout">The layout.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="zeroPoints">What stands for zero in them, one for all or one a column.</param>
    /// <param name="zeroPointStep">From one column's zero point to the next one's: 1 or 0.</param>
    /// <param name="packed">The panels.</param>
    /// <param name="sums">The sum of each column, zero points taken off.</param>
    public static void Pack(QuadLayout layout, TByte* weights, TByte* zeroPoints, int zeroPointStep, sbyte* packed, int* sums) =>
        WorkerPool.Run(layout.Panels, new Panel(layout, weights, zeroPoints, zeroPointStep, packed, sums));

    /// <summary>Part number <paramref name="part"/> of a number that is cut into <paramref name="parts"/> nearly equal ones.</summary>
    private static int Part(int value, int part, int parts) => (value * (part + 1) / parts) - (value * part / parts);

    private readonly record struct Item(int Quad, int Part, int Parts);

    private readonly struct Panel(QuadLayout layout, TByte* weights, TByte* zeroPoints, int zeroPointStep, sbyte* packed, int* sums) : IPieceBody
    {
        public void Run(int piece)
        {
            short[] values = new short[layout.Quads * layout.Width * Quad];
            Read(piece, values);
            Grouping grouping = new(2 * layout.Width);
            byte[] above = new byte[2 * layout.Width];
            byte[] below = new byte[2 * layout.Width];
            for (int quad = 0; quad < layout.Quads; quad++)
            {
                ReadOnlySpan<short> quadValues = values.AsSpan(quad * layout.Width * Quad, layout.Width * Quad);
                int parts = 1;
                while (!Fits(quadValues, parts) && parts < layout.MostParts)
                {
                    parts *= 2;
                }

                for (int part = 0; part < parts; part++)
                {
                    Measure(quadValues, part, parts, above, below);
                    grouping.Add(new Item(quad, part, parts), above, below);
                }
            }

            Write(piece, values, grouping.Close());
        }

        // The weights of a panel with their zero points taken off, quad by quad, column by column; and the columns' sums.
        private void Read(int panel, short[] values)
        {
            (int group, int panelOfGroup) = Math.DivRem(panel, layout.PanelsPerGroup);
            int first = panelOfGroup * layout.Width;
            int columns = Math.Min(layout.Width, layout.GroupOutputs - first);
            int output = (group * layout.GroupOutputs) + first;
            new Span<int>(sums + output, columns).Clear();
            for (int step = 0; step < layout.Steps; step++)
            {
                (int segment, int place) = Math.DivRem(step, layout.SegmentLength);
                int quad = (segment * layout.SegmentQuads) + (place / Quad);
                TByte* row = weights + ((nint)step * layout.Outputs) + output;
                for (int column = 0; column < columns; column++)
                {
                    int value = ByteLanes.Load(row + column) - ByteLanes.Load(zeroPoints + ((nint)(output + column) * zeroPointStep));
                    values[(((quad * layout.Width) + column) * Quad) + (place % Quad)] = (short)value;
                    sums[output + column] += value;
                }
            }
        }

        private static bool Fits(ReadOnlySpan<short> values, int parts)
        {
            for (int pair = 0; pair < values.Length; pair += 2)
            {
                (int first, int second) = (Part(values[pair], parts - 1, parts), Part(values[pair + 1], parts - 1, parts));
                (int most, int least) = (Math.Max(first, second), Math.Min(first, second));
                if (most > sbyte.MaxValue || Math.Max(first, 0) + Math.Max(second, 0) > MostOfLane || least < sbyte.MinValue || Math.Min(first, 0) + Math.Min(second, 0) < -MostOfLane)
                {
                    return false;
                }
            }

            return true;
        }

        // How far each lane goes up and down at most.
        private static void Measure(ReadOnlySpan<short> values, int part, int parts, byte[] above, byte[] below)
        {
            for (int lane = 0; lane < above.Length; lane++)
            {
                (int first, int second) = (Part(values[2 * lane], part, parts), Part(values[(2 * lane) + 1], part, parts));
                above[lane] = (byte)(Math.Max(first, 0) + Math.Max(second, 0));
                below[lane] = (byte)-(Math.Min(first, 0) + Math.Min(second, 0));
            }
        }

        private void Write(int panel, short[] values, List<Item>[] groups)
        {
            sbyte* target = packed + (panel * layout.PanelBytes);
            int* quads = (int*)(target + QuadLayout.HeaderBytes);
            sbyte* at = target + layout.WeightsAt;
            for (int size = 0; size < groups.Length; size++)
            {
                ((int*)target)[size] = groups[size].Count >> (groups.Length - 1 - size);
                foreach (Item item in groups[size])
                {
                    *quads++ = item.Quad;
                    foreach (short value in values.AsSpan(item.Quad * layout.Width * Quad, layout.Width * Quad))
                    {
                        *at++ = (sbyte)Part(value, item.Part, item.Parts);
                    }
                }
            }
        }
    }

    /// <summary>Puts quads together whose sums fit.</summary>
    /// <param name="lanes">The 16-bit lanes of a panel.</param>
    private sealed class Grouping(int lanes)
    {
        private readonly List<Item> fours = [];
        private readonly List<Item> twos = [];
        private readonly List<Item> ones = [];
        private readonly List<Open> open = [];

        public void Add(Item item, byte[] above, byte[] below)
        {
            Open? fitting = open.Find(group => group.Takes(above, below));
            if (fitting is null)
            {
                if (open.Count == MostOpen)
                {
                    Retire(open[0]);
                }

                open.Add(fitting = new Open(lanes));
            }

            fitting.Add(item, above, below);
            if (fitting.Items.Count == 4)
            {
                Retire(fitting);
            }
        }

        /// <summary>The items of groups of four, of two, of one.</summary>
        public List<Item>[] Close()
        {
            while (open.Count > 0)
            {
                Retire(open[0]);
            }

            return [fours, twos, ones];
        }

        private void Retire(Open group)
        {
            open.Remove(group);
            int paired = group.Items.Count & ~1;
            (paired == 4 ? fours : twos).AddRange(group.Items[..paired]);
            ones.AddRange(group.Items[paired..]);
        }
    }

    private sealed class Open(int lanes)
    {
        private readonly byte[] above = new byte[lanes];
        private readonly byte[] below = new byte[lanes];

        public List<Item> Items { get; } = new(4);

        public bool Takes(byte[] moreAbove, byte[] moreBelow) => Fits(above, moreAbove) && Fits(below, moreBelow);

        public void Add(Item item, byte[] moreAbove, byte[] moreBelow)
        {
            Items.Add(item);
            for (int lane = 0; lane < above.Length; lane++)
            {
                above[lane] += moreAbove[lane];
                below[lane] += moreBelow[lane];
            }
        }

        // Lanes come in whole vectors: a panel has eight columns at least, and two lanes each.
        private static bool Fits(ReadOnlySpan<byte> sums, ReadOnlySpan<byte> more)
        {
            for (int lane = 0; lane < sums.Length; lane += Vector128<byte>.Count)
            {
                Vector128<byte> room = Vector128.Create((byte)MostOfLane) - Vector128.Create(sums[lane..]);
                if (Vector128.GreaterThanAny(Vector128.Create(more[lane..]), room))
                {
                    return false;
                }
            }

            return true;
        }
    }
}

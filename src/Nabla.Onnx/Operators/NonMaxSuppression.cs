namespace Nabla.Onnx.Operators;

/// <summary>Keeps the best of boxes that overlap, of each image and class.</summary>
internal static class NonMaxSuppression
{
    // Boxes [images, boxes, 4] and scores [images, classes, boxes] give rows of image, class and box.
    public static Tensor Compute(NodeCall call)
    {
        (Tensor boxes, Tensor scores) = (call[0], call[1]);
        (double[] places, double[] values) = (call.Numbers(0), call.Numbers(1));
        long most = call.Optional(2) is { ElementCount: > 0 } ? call.Longs(2)[0] : 0;
        double overlap = call.Optional(3) is { ElementCount: > 0 } ? call.Numbers(3)[0] : 0;
        double least = call.Optional(4) is { ElementCount: > 0 } ? call.Numbers(4)[0] : double.NegativeInfinity;
        bool isCentered = call.Flag("center_point_box");
        (int images, int count, int classes) = (boxes.Shape[0], boxes.Shape[1], scores.Shape[1]);
        List<long> kept = [];
        for (int image = 0; image < images; image++)
        {
            Box[] all = [.. Enumerable.Range(0, count).Select(index => Box.Of(places.AsSpan(((image * count) + index) * 4, 4), isCentered))];
            for (int kind = 0; kind < classes; kind++)
            {
                int start = ((image * classes) + kind) * count;
                List<int> chosen = [];
                foreach (int box in Enumerable.Range(0, count).Where(index => values[start + index] > least).OrderByDescending(index => values[start + index]))
                {
                    if (chosen.Count < most && chosen.TrueForAll(other => all[box].Overlap(all[other]) <= overlap))
                    {
                        chosen.Add(box);
                        kept.AddRange([image, kind, box]);
                    }
                }
            }
        }

        return Tensor.From([.. kept], [kept.Count / 3, 3]);
    }

    private readonly record struct Box(double Top, double Left, double Bottom, double Right)
    {
        private double Area => (Bottom - Top) * (Right - Left);

        public static Box Of(ReadOnlySpan<double> numbers, bool isCentered) => isCentered
            ? new(numbers[1] - (numbers[3] / 2), numbers[0] - (numbers[2] / 2), numbers[1] + (numbers[3] / 2), numbers[0] + (numbers[2] / 2))
            : new(Math.Min(numbers[0], numbers[2]), Math.Min(numbers[1], numbers[3]), Math.Max(numbers[0], numbers[2]), Math.Max(numbers[1], numbers[3]));

        public double Overlap(Box other)
        {
            double height = Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top);
            double width = Math.Min(Right, other.Right) - Math.Max(Left, other.Left);
            double common = Math.Max(0, height) * Math.Max(0, width);
            double union = Area + other.Area - common;
            return union > 0 ? common / union : 0;
        }
    }
}

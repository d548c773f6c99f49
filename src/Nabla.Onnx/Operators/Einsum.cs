namespace Nabla.Onnx.Operators;

/// <summary>Sums of products in Einstein's notation, such as <c>bij,bjk->bik</c>.</summary>
internal static class Einsum
{
    private const char FirstOfEllipsis = '0';

    public static Tensor Compute(NodeCall call)
    {
        Tensor[] inputs = call.Tensors;
        string equation = string.Concat(call.Text("equation", "").Where(character => !char.IsWhiteSpace(character)));
        string[] sides = equation.Split("->");
        string[] terms = sides[0].Split(',');
        if (terms.Length != inputs.Length)
        {
            throw call.Error($"expects an input for each term of '{equation}' but got {inputs.Length}");
        }

        int most = terms.Zip(inputs).Max(pair => pair.First.Contains("...", StringComparison.Ordinal) ? pair.Second.Rank - (pair.First.Length - 3) : 0);
        string[] named = [.. terms.Zip(inputs).Select(pair => Named(pair.First, pair.Second.Rank, most))];
        string result = sides.Length > 1 ? Named(sides[1], rank: -1, most) : Usual(named, most);
        (string labels, Tensor value) = Unrepeated(named[0], inputs[0]);
        for (int index = 1; index < inputs.Length; index++)
        {
            (string other, Tensor next) = Unrepeated(named[index], inputs[index]);
            string later = string.Concat(named.Skip(index + 1)) + result;
            (labels, value) = Product(labels, value, other, next, later);
        }

        int[] gone = [.. labels.Select((label, axis) => (label, axis)).Where(pair => !result.Contains(pair.label)).Select(pair => pair.axis)];
        value = gone.Length > 0 ? value.Sum(gone).To(inputs[0].DataType) : value;
        string kept = string.Concat(labels.Where(result.Contains));
        return value.Transpose([.. result.Select(label => kept.IndexOf(label))]);
    }

    // An ellipsis stands for axes that are counted from the right.
    private static string Named(string term, int rank, int most)
    {
        int at = term.IndexOf("...", StringComparison.Ordinal);
        if (at < 0)
        {
            return term;
        }

        int count = rank < 0 ? most : rank - (term.Length - 3);
        string places = string.Concat(Enumerable.Range(most - count, count).Select(place => (char)(FirstOfEllipsis + place)));
        return term[..at] + places + term[(at + 3)..];
    }

    private static string Usual(string[] terms, int most)
    {
        string all = string.Concat(terms);
        string ellipsis = string.Concat(Enumerable.Range(0, most).Select(place => (char)(FirstOfEllipsis + place)));
        return ellipsis + string.Concat(all.Where(label => char.IsLetter(label) && all.Count(other => other == label) == 1).Order());
    }

    // A label that stands twice in a term takes the diagonal.
    private static (string Labels, Tensor Value) Unrepeated(string labels, Tensor value)
    {
        for (int axis = 0; axis < labels.Length; axis++)
        {
            int second = labels.IndexOf(labels[axis], axis + 1);
            if (second < 0)
            {
                continue;
            }

            int size = value.Shape[axis];
            Tensor last = value.MoveAxis(second, -1).MoveAxis(axis, -2);
            Tensor diagonal = (last * Tensor.Eye(size, dataType: value.DataType)).Sum([-1]).To(value.DataType);
            return Unrepeated(labels.Remove(second, 1).Remove(axis, 1) + labels[axis], diagonal);
        }

        return (labels, value);
    }

    // Labels of both that are needed later are a batch; those that are not are summed by a product of matrices.
    private static (string Labels, Tensor Value) Product(string left, Tensor x, string right, Tensor y, string later)
    {
        string both = string.Concat(left.Where(right.Contains));
        string batch = string.Concat(both.Where(later.Contains));
        string summed = string.Concat(both.Where(label => !later.Contains(label)));
        string ofLeft = string.Concat(left.Where(label => !right.Contains(label)));
        string ofRight = string.Concat(right.Where(label => !left.Contains(label)));
        Tensor rows = Ordered(left, x, batch + ofLeft + summed);
        Tensor columns = Ordered(right, y, batch + summed + ofRight);
        int[] batches = [.. batch.Select(label => Math.Max(x.Shape[left.IndexOf(label)], y.Shape[right.IndexOf(label)]))];
        Tensor product = ProductOperators.MatMul(
            rows.Reshape([.. rows.Shape.Take(batch.Length), Sizes(left, x, ofLeft), Sizes(left, x, summed)]),
            columns.Reshape([.. columns.Shape.Take(batch.Length), Sizes(right, y, summed), Sizes(right, y, ofRight)]));
        int[] shape = [.. batches, .. ofLeft.Select(label => x.Shape[left.IndexOf(label)]), .. ofRight.Select(label => y.Shape[right.IndexOf(label)])];
        return (batch + ofLeft + ofRight, product.Reshape(shape));
    }

    private static Tensor Ordered(string labels, Tensor x, string order) => x.Transpose([.. order.Select(label => labels.IndexOf(label))]);

    private static int Sizes(string labels, Tensor x, string chosen) => chosen.Aggregate(1, (product, label) => product * x.Shape[labels.IndexOf(label)]);
}

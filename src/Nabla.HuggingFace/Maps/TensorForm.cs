using System.Globalization;

namespace Nabla.HuggingFace;

/// <summary>How a tensor of a file becomes a parameter, and a parameter a tensor of a file.</summary>
internal abstract record TensorForm
{
    /// <summary>How many parameters lie in one tensor.</summary>
    public virtual int Parts => 1;

    /// <summary>The form of a name map: <c>same</c>, <c>transposed</c>, <c>convolution</c>, <c>padded</c> or <c>columns 0/3</c>.</summary>
    /// <exception cref="FormatException">There is no such form.</exception>
    public static TensorForm Parse(string text) => text.Split(' ', '/') switch
    {
        ["same"] => new Same(),
        ["transposed"] => new Transposed(),
        ["convolution"] => new ConvolutionKernel(),
        ["padded"] => new Padded(),
        ["columns", var part, var parts] => new Columns(int.Parse(part, CultureInfo.InvariantCulture), int.Parse(parts, CultureInfo.InvariantCulture)),
        _ => throw new FormatException($"There is no tensor form '{text}'."),
    };

    /// <summary>The shape that the tensor of a parameter has in a file.</summary>
    public abstract IReadOnlyList<int> Stored(Shape parameter);

    /// <summary>The parameter in the tensor of a file.</summary>
    public abstract Tensor Read(Tensor stored, Shape parameter);

    /// <summary>The tensor of a file, or the part of it that the parameter is; parts are joined at the last axis.</summary>
    public abstract Tensor Write(Tensor parameter);

    /// <summary>The same in both.</summary>
    private sealed record Same : TensorForm
    {
        public override IReadOnlyList<int> Stored(Shape parameter) => [.. parameter];

        public override Tensor Read(Tensor stored, Shape parameter) => stored;

        public override Tensor Write(Tensor parameter) => parameter;
    }

    /// <summary>A product whose weight is <c>[outputs, inputs]</c> in files, and <c>[inputs, outputs]</c> here.</summary>
    private sealed record Transposed : TensorForm
    {
        public override IReadOnlyList<int> Stored(Shape parameter) => [.. parameter.Reverse()];

        public override Tensor Read(Tensor stored, Shape parameter) => stored.Transpose();

        public override Tensor Write(Tensor parameter) => parameter.Transpose();
    }

    /// <summary>A kernel that is <c>[filters, channels, height, width]</c> in files, and <c>[height, width, channels, filters]</c> here.</summary>
    private sealed record ConvolutionKernel : TensorForm
    {
        public override IReadOnlyList<int> Stored(Shape parameter) => [parameter[3], parameter[2], parameter[0], parameter[1]];

        public override Tensor Read(Tensor stored, Shape parameter) => stored.Transpose(2, 3, 1, 0);

        public override Tensor Write(Tensor parameter) => parameter.Transpose(3, 2, 0, 1);
    }

    /// <summary>A tensor that has axes of 1 before its own in files, three axes in all.</summary>
    private sealed record Padded : TensorForm
    {
        private const int Rank = 3;

        public override IReadOnlyList<int> Stored(Shape parameter) => [.. Enumerable.Repeat(1, Rank - parameter.Rank), .. parameter];

        public override Tensor Read(Tensor stored, Shape parameter) => stored.Reshape(parameter.AsSpan());

        public override Tensor Write(Tensor parameter) => parameter.Reshape([.. Stored(parameter.Shape)]);
    }

    /// <summary>One of several parameters of one shape that lie side by side on the last axis.</summary>
    private sealed record Columns(int Part, int Count) : TensorForm
    {
        public override int Parts => Count;

        public override IReadOnlyList<int> Stored(Shape parameter) => [.. parameter.SkipLast(1), checked(parameter[-1] * Count)];

        public override Tensor Read(Tensor stored, Shape parameter) => stored.Slice(parameter.Rank - 1, Part * parameter[-1], parameter[-1]);

        public override Tensor Write(Tensor parameter) => parameter;
    }
}

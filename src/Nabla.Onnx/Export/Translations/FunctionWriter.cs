using Nabla.Ops.Elementwise;
using Nabla.Ops.Losses;

namespace Nabla.Onnx.Export.Translations;

/// <summary>Writes a function of numbers as operators, applied to operands that stand in the graph.</summary>
/// <param name="write">Where the operators go.</param>
/// <param name="x">The operands.</param>
/// <param name="type">The type of the last operand.</param>
internal sealed class FunctionWriter(NodeWriter write, string[] x, DataType type) : IFunctionVisitor
{
    private const int HardSwishVersion = 14;
    private const int MishVersion = 18;
    private const int GeluVersion = 20;
    private const double RootOfTwo = 1.4142135623730951;
    private const double TanhFactor = 0.7978845608028654;
    private const double TanhCube = 0.044715;

    private bool IsByte => type is DataType.UInt8 or DataType.Int8;

    /// <summary>The name of the result; null where there are no operators for it.</summary>
    public string? Result { get; private set; }

    /// <inheritdoc/>
    public void Unary<TFunction>(TFunction function)
        where TFunction : struct, IUnaryFunction => Result = OfOne(function);

    /// <inheritdoc/>
    public void Binary<TFunction>(TFunction function)
        where TFunction : struct, IBinaryFunction => Result = IsByte ? Narrowed(function) : OfTwo(function, x[0], x[1]);

    /// <inheritdoc/>
    public void Compare<TComparison>(TComparison comparison)
        where TComparison : struct, IComparison
    {
        string[] sides = IsByte ? Array.ConvertAll(x, side => write.Cast(side, DataType.Int32)) : x;
        Result = comparison switch
        {
            Equal => write.Add("Equal", sides),
            NotEqual => write.Add("Not", [write.Add("Equal", sides)]),
            Greater => write.Add("Greater", sides),
            GreaterOrEqual => write.Add("GreaterOrEqual", sides),
            _ => null,
        };
    }

    /// <inheritdoc/>
    public void Choose() => Result = write.Add("Where", x);

    private string? OfOne(IUnaryFunction function) => function switch
    {
        Relu => Plain("Relu"),
        Sigmoid => Plain("Sigmoid"),
        Tanh => Plain("Tanh"),
        Softplus => Plain("Softplus"),
        Atan => Plain("Atan"),
        Negate => Plain("Neg"),
        Abs => Plain("Abs"),
        Sign => Plain("Sign"),
        Reciprocal => Plain("Reciprocal"),
        Sqrt => Plain("Sqrt"),
        Exp => Plain("Exp"),
        Log => Plain("Log"),
        Erf => Plain("Erf"),
        Round => Plain("Round"),
        Floor => Plain("Floor"),
        Ceiling => Plain("Ceil"),
        Sin => Plain("Sin"),
        Cos => Plain("Cos"),
        Tan => Plain("Tan"),
        LeakyRelu leaky => write.Add("LeakyRelu", x, Attributes.Number("alpha", leaky.Rate)),
        Elu elu => Scaled(write.Add("Elu", x, Attributes.Number("alpha", elu.Alpha)), elu.Scale),
        Clip clip => write.Add("Clip", [x[0], Number(clip.Low), Number(clip.High)]),
        PowerOf power => write.Add("Pow", [x[0], Number(power.Exponent)]),
        Square => write.Multiply(x[0], x[0]),
        Rsqrt => write.Add("Reciprocal", [Plain("Sqrt")]),
        Expm1 => write.Subtract(Plain("Exp"), Number(1)),
        Log1p => write.Add("Log", [write.Add(x[0], Number(1))]),
        Silu => write.Multiply(x[0], Plain("Sigmoid")),
        Mish => write.Model.Opset >= MishVersion ? Plain("Mish") : write.Multiply(x[0], write.Add("Tanh", [Plain("Softplus")])),
        HardSwish => write.Model.Opset >= HardSwishVersion ? Plain("HardSwish") : HardSwishParts(),
        Gelu => write.Model.Opset >= GeluVersion ? Plain("Gelu") : Half(write.Add("Erf", [Scaled(x[0], 1 / RootOfTwo)])),
        GeluTanh => write.Model.Opset >= GeluVersion ? write.Add("Gelu", x, Attributes.Text("approximate", "tanh")) : Half(write.Add("Tanh", [TanhArgument()])),
        _ => null,
    };

    private string? OfTwo(IBinaryFunction function, string left, string right) => function switch
    {
        Add => write.Add(left, right),
        Subtract => write.Subtract(left, right),
        Multiply => write.Multiply(left, right),
        Divide => write.Add("Div", [left, right]),
        Maximum => write.Add("Max", [left, right]),
        Minimum => write.Add("Min", [left, right]),
        Pow => write.Add("Pow", [left, right]),
        Gate => write.Where(write.Add("Greater", [right, Number(0)]), left, Number(0)),
        And => write.Add("And", [left, right]),
        Or => write.Add("Or", [left, right]),
        Xor => write.Add("Xor", [left, right]),
        LogisticLoss => write.Add(
            write.Subtract(write.Add("Relu", [left]), write.Multiply(left, right)), write.Add("Softplus", [write.Add("Neg", [write.Add("Abs", [left])])])),
        _ => null,
    };

    private string Plain(string op) => write.Add(op, x);

    private string Number(double value) => write.Model.Scalar(value, type);

    private string Scaled(string value, double factor) => factor == 1 ? value : write.Multiply(value, Number(factor));

    // x / 2 (1 + function)
    private string Half(string function) => write.Multiply(Scaled(x[0], 0.5), write.Add(function, Number(1)));

    private string TanhArgument()
    {
        string cube = write.Multiply(write.Multiply(x[0], x[0]), x[0]);
        return Scaled(write.Add(x[0], Scaled(cube, TanhCube)), TanhFactor);
    }

    private string HardSwishParts()
    {
        string gate = write.Add("Clip", [write.Add(x[0], Number(3)), Number(0), Number(6)]);
        return Scaled(write.Multiply(x[0], gate), 1.0 / 6);
    }

    // Runtimes do not compute with bytes.
    private string? Narrowed(IBinaryFunction function) =>
        OfTwo(function, write.Cast(x[0], DataType.Int32), write.Cast(x[1], DataType.Int32)) is { } wide ? write.Cast(wide, type) : null;
}

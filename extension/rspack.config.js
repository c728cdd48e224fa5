// Added to JupyterLab's own build: style sheets are made small before they become scripts, and what
// several views have in common is one file, from 4 kB on (else each has a copy of it). What is fetched
// at the start is held small by tests/browser/test_start.py, not by a hint at the size of one file.
module.exports = {
  optimization: { splitChunks: { minSize: 4000 } },
  performance: { hints: false },
  module: {
    rules: [
      {
        test: /[\\/]style[\\/][^\\/]+\.css$/,
        exclude: /node_modules/,
        enforce: 'pre',
        loader: 'builtin:lightningcss-loader',
        options: { minify: true, targets: 'chrome >= 110, firefox >= 115, safari >= 16.4' }
      }
    ]
  }
};

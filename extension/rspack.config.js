// Added to JupyterLab's own build: our style sheets are made small before they become scripts.
module.exports = {
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
